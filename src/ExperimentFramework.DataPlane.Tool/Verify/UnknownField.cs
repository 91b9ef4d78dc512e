namespace ExperimentFramework.DataPlane.Tool;

/// <summary>A field that this version does not know.</summary>
/// <param name="name">The category, a space, and the path of the field.</param>
internal sealed class UnknownField(string name)
{
    private readonly int _space = name.IndexOf(' ');

    public string Category => _space < 0 ? "" : name[.._space];

    public string Path => name[(_space + 1)..];

    public long Count { get; set; }

    /// <summary>Where it was met first.</summary>
    public EventPlace? First { get; set; }
}
