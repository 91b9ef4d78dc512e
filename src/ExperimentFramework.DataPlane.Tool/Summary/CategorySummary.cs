namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The events of one category with one version of its schema.</summary>
/// <param name="name">Category and version, with a space in between.</param>
internal sealed class CategorySummary(string name)
{
    private readonly int _space = name.LastIndexOf(' ');

    public string Category => _space < 0 ? name : name[.._space];

    /// <summary>The version; empty if there were too many to keep each.</summary>
    public string Version => _space < 0 ? "" : name[(_space + 1)..];

    public long Count { get; set; }
}
