namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What of a page changes while it is open.</summary>
/// <param name="Structure">Which parts there are. Once it changes, the page takes the whole content.</param>
/// <param name="Parts">The parts: the id of an element and its content.</param>
/// <param name="Content">Writes the content of the page, with all parts that are within it; called only if the structure has changed.</param>
internal sealed record RenderedView(string Structure, IReadOnlyList<(string Id, HtmlText Content)> Parts, Func<HtmlText> Content)
{
    /// <summary>The view of an experiment of which no event has been seen.</summary>
    public static RenderedView Missing { get; } = new(string.Empty, [], static () => default) { IsMissing = true };

    /// <summary>Whether there is nothing to show.</summary>
    public bool IsMissing { get; private init; }
}
