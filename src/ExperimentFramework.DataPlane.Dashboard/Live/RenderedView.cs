namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What of a page changes while it is open.</summary>
/// <param name="Structure">Which parts there are. Once it changes, the whole page has to be loaded again.</param>
/// <param name="Parts">The parts: the id of an element and its content.</param>
internal sealed record RenderedView(string Structure, IReadOnlyList<(string Id, HtmlText Content)> Parts);
