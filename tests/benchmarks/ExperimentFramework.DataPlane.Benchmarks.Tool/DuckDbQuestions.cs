using DuckDB.NET.Data;

namespace ExperimentFramework.DataPlane.Benchmarks.Tool;

/// <summary>What the command line counts, as SQL of DuckDB over the same files.</summary>
internal static class DuckDbQuestions
{
    /// <summary>Events, duplicates left out, subjects and times by experiment and variant, and events by producer.</summary>
    private const string Inspect = """
        create temp table counted as
        select event_id, experiment, arm, subject_id, ts, schema_version
        from read_parquet('FOLDER/exposures/**/*.parquet', union_by_name = true);
        select count(*), count(distinct event_id), min(ts), max(ts) from counted;
        select experiment, arm, count(*), count(distinct subject_id) from counted group by experiment, arm order by experiment, arm;
        select substr(cast(event_id as text), 26) as producer, count(*) from counted group by producer order by producer;
        """;

    /// <summary>The subjects of each variant by their first exposure.</summary>
    private const string SampleRatio = """
        select experiment, allocation_version, arm, count(*) as subjects
        from (
            select experiment, subject_id, arg_min(arm, ts) as arm, arg_min(allocation_version, ts) as allocation_version
            from read_parquet('FOLDER/exposures/**/*.parquet', union_by_name = true)
            where subject_id is not null and allocation_version is not null
            group by experiment, subject_id)
        group by experiment, allocation_version, arm
        order by experiment, allocation_version, arm;
        """;

    public static int Answer(string folder, string question)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        foreach (var sql in (question == "srm" ? SampleRatio : Inspect).Replace("FOLDER", folder, StringComparison.Ordinal).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                Console.WriteLine(string.Join('\t', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
            }
        }

        return 0;
    }
}
