namespace ExperimentFramework.DataPlane.Analysis;

/// <summary>The SQL of docs/how-to/analyse.md, by the headings of the page.</summary>
internal static class AnalysisPage
{
    /// <summary>The headings whose blocks create temporary tables, which come before every question.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["First exposures", "Metrics of subjects"];

    /// <summary>The SQL by which DuckDB finds the files in a folder.</summary>
    public static string OpenFiles(string folder) => SqlAfter("DuckDB", "Open the events").Replace("'events/", $"'{folder}/", StringComparison.Ordinal);

    /// <summary>The SQL that makes an empty view for DuckDB where there are no files.</summary>
    public static string EmptyView() => SqlAfter("an empty view", "Open the events");

    /// <summary>The SQL by which PostgreSQL finds the tables.</summary>
    public static string OpenSchema() => SqlAfter("PostgreSQL", "Open the events");

    /// <summary>The first block of a heading.</summary>
    public static string Sql(string heading) => SqlAfter(heading, heading);

    /// <summary>The first block after a word under a heading.</summary>
    private static string SqlAfter(string word, string heading)
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "how-to", "analyse.md"));
        var section = page[page.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        var after = section.IndexOf(word, StringComparison.Ordinal);
        Assert.True(after >= 0, $"docs/how-to/analyse.md has no '{word}' under '{heading}'.");
        var start = section.IndexOf("```sql\n", after, StringComparison.Ordinal) + "```sql\n".Length;
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
