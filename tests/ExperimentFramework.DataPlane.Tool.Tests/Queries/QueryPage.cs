using System.Globalization;
using DuckDB.NET.Data;
using ExperimentFramework.DataPlane.Tool.Tests.Snapshots;

namespace ExperimentFramework.DataPlane.Tool.Tests.Queries;

/// <summary>The SQL of docs/how-to/query-at-scale.md for DuckDB, over a folder of files.</summary>
internal sealed class QueryPage : IDisposable
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Snapshot.ProjectDirectory, "..", "..", "docs", "how-to", "query-at-scale.md")).ReplaceLineEndings("\n");

    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    /// <summary>Opens the files of a folder, and finds the first exposures and the latest accounts.</summary>
    public QueryPage(string folder)
    {
        _connection.Open();
        foreach (var line in Sql("Open the files", 0).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var table = line.Contains("'events/", StringComparison.Ordinal) ? line.Split("'events/")[1].Split('/')[0] : "";
            if (Directory.Exists(Path.Combine(folder, table)))
            {
                Ask(line.Replace("'events/", $"'{folder}/", StringComparison.Ordinal));
            }
        }

        Ask(Sql("First exposures", 0));
        Ask(Sql("Drops", 0));
    }

    /// <summary>Answers with a block of the page: each row as its values in invariant text, with bars between them.</summary>
    /// <param name="heading">The heading that the block is under.</param>
    /// <param name="block">Which of its blocks; the first one is 0.</param>
    public IReadOnlyList<string> Answer(string heading, int block = 0) => Ask(Sql(heading, block));

    public void Dispose() => _connection.Dispose();

    private static string Sql(string heading, int block)
    {
        var section = Text[Text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal)..];
        var next = section.IndexOf("\n## ", 1, StringComparison.Ordinal);
        return section[..(next < 0 ? section.Length : next)].Split("```sql\n")[block + 1].Split("```")[0];
    }

    private List<string> Ask(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The text of the page.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(field => System.Convert.ToString(reader.GetValue(field), CultureInfo.InvariantCulture))));
        }

        return rows;
    }
}
