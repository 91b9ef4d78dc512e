namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The part of a page that changes while it is open.</summary>
/// <param name="Structure">Identifies the set of parts. If it changes, the page replaces its whole content.</param>
/// <param name="Parts">The parts: the id of an element and its content.</param>
/// <param name="Content">Writes the content of the page, including all parts in it; called only if the structure has changed.</param>
internal sealed record RenderedView(string Structure, IReadOnlyList<(string Id, HtmlText Content)> Parts, Func<HtmlText> Content)
{
    /// <summary>The view of an experiment without events.</summary>
    public static RenderedView Missing { get; } = new(string.Empty, [], static () => default) { IsMissing = true };

    /// <summary>Whether there is nothing to show.</summary>
    public bool IsMissing { get; private init; }
}
