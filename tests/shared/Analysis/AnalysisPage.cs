namespace ExperimentFramework.DataPlane.Analysis;

/// <summary>The SQL of docs/how-to/analyse.md, by the headings of the page.</summary>
internal static class AnalysisPage
{
    /// <summary>The blocks that create views, which come before every question.</summary>
    public static IReadOnlyList<string> Views { get; } = ["First exposures", "Metrics of subjects"];

    /// <summary>The SQL of a heading.</summary>
    public static string Sql(string heading)
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "how-to", "analyse.md"));
        var section = page[page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        var start = section.IndexOf("```sql\n", StringComparison.Ordinal) + "```sql\n".Length;
        return section[start..section.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "DataPlane.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"There is no DataPlane.sln above {AppContext.BaseDirectory}.");
        }

        return folder;
    }
}
