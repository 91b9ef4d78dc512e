using System.Collections;
using System.Globalization;
using DuckDB.NET.Data;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>DuckDB, which reads Parquet with code of its own.</summary>
internal sealed class DuckDb : IDisposable
{
    private readonly DuckDBConnection _connection = new("DataSource=:memory:");

    public DuckDb()
    {
        _connection.Open();
        Query("set timezone = 'UTC'");
    }

    /// <summary>Runs a query and returns its rows, each as its values in invariant text, with a bar between them.</summary>
    public IReadOnlyList<string> Query(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(field => Text(reader.GetValue(field)))));
        }

        return rows;
    }

    /// <summary>Runs a query that has one value.</summary>
    public string Value(string sql) => Assert.Single(Query(sql));

    public void Dispose() => _connection.Dispose();

    private static string Text(object value) => value switch
    {
        DBNull => "null",
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        IDictionary map => "{" + string.Join(", ", map.Keys.Cast<object>().Select(key => $"{key}={Text(map[key] ?? DBNull.Value)}").Order(StringComparer.Ordinal)) + "}",
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
