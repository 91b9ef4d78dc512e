using System.Globalization;
using DuckDB.NET.Data;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>The monitor in a process, the monitor over files and SQL over the same files count the same subjects, but for those whose first exposure arrived after a later one.</summary>
public sealed class EqualityTests : IDisposable
{
    private static readonly int Subjects = Simulation.Runs(30_000, 1_000_000);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dataplane-equality-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Process_files_and_SQL_count_the_same_subjects_where_memory_holds_them_all()
    {
        var arrived = ArrivingStream.Generate(Subjects);
        await WriteFilesAsync(arrived);

        var options = new ExperimentMonitorOptions { MaxSubjectSlots = 1 << 21 };
        var inProcess = AssignedSubjects.Of(Watch(arrived, options));
        var fromFiles = AssignedSubjects.Of(await WatchFilesAsync(options));
        var fromSql = CountWithSql();

        var byArrival = AssignedSubjects.FirstOf(arrived);
        DataPlaneEnvelope[] ordered = [.. arrived.OrderBy(static envelope => envelope.Timestamp).ThenBy(static envelope => envelope.EventId)];
        var byTime = AssignedSubjects.FirstOf(ordered);
        Assert.Equal(AssignedSubjects.Of(byTime), fromSql);

        // A monitor keeps part of a subject's hash: of a million subjects, two may share it, and the second is not counted.
        Assert.Equal(AssignedSubjects.Of(AssignedSubjects.FirstOf(arrived, AssignedSubjects.SlotOf)), inProcess);
        var counted = AssignedSubjects.FirstOf(ordered, AssignedSubjects.SlotOf);
        Assert.Equal(AssignedSubjects.Of(counted), fromFiles);
        Assert.InRange(byTime.Count - counted.Count, 0, 5);

        // Where the two orders differ, each such subject is in another place, and nothing else is.
        var moved = byTime.Count(item => byArrival[item.Key] != item.Value);
        Assert.InRange(moved, 1, Subjects / 100);
        Assert.Equal(byTime.Count, byArrival.Count);
        Assert.True(inProcess.Keys.Sum(key => Math.Abs(inProcess[key] - fromFiles[key])) <= 2 * moved, $"{moved} subjects moved.");
        Simulation.Report($"{arrived.Count:N0} events, {byTime.Count:N0} subjects, {moved:N0} of which were first exposed elsewhere by time than by arrival; {byTime.Count - counted.Count} share the hash of another.");
    }

    [Theory]
    [InlineData(0, ExperimentState.Healthy)]
    [InlineData(0.2, ExperimentState.SampleRatioMismatch)]
    public async Task They_come_to_the_same_verdict_where_memory_holds_few(double lossOfB, ExperimentState expected)
    {
        var arrived = ArrivingStream.Generate(Subjects, lossOfB);
        await WriteFilesAsync(arrived);
        var options = new ExperimentMonitorOptions { MaxSubjectSlots = 4_096 };

        var inProcess = Watch(arrived, options);
        var fromFiles = await WatchFilesAsync(options);

        var status = Assert.Single(inProcess.GetExperiments());
        Assert.True(status.CountedShare < 1, "Everything fitted.");
        Assert.Equal(expected, status.State);
        Assert.Equal(expected, Assert.Single(fromFiles.GetExperiments()).State);
        var fromSql = CountWithSql();
        var evidence = ArrivingStream.Weights.Sum(version => SequentialSampleRatio.LogMixtureEValue(
            [fromSql[(version.Key, "control")], fromSql[(version.Key, "b")]], Normalized(version.Value), SequentialSampleRatio.Concentrations));
        Assert.Equal(expected == ExperimentState.SampleRatioMismatch, evidence >= Math.Log(100));
    }

    private static double[] Normalized(double[] weights) => [.. weights.Select(weight => weight / weights.Sum())];

    private static ExperimentMonitor Watch(IEnumerable<DataPlaneEnvelope> arrived, ExperimentMonitorOptions options)
    {
        var monitor = new ExperimentMonitor(options);
        var now = ArrivingStream.Begin;
        foreach (var envelope in arrived)
        {
            monitor.Observe(envelope, now);
        }

        monitor.Evaluate(now);
        return monitor;
    }

    private async Task<ExperimentMonitor> WatchFilesAsync(ExperimentMonitorOptions options)
    {
        var monitor = new ExperimentMonitor(options);
        await foreach (var stored in EventFiles.ReadAsync(_folder.FullName, new EventReadingOptions { MergeByTime = true }, TestContext.Current.CancellationToken))
        {
            monitor.Observe(stored.Envelope, stored.Envelope.Timestamp);
        }

        monitor.Evaluate(ArrivingStream.Begin);
        return monitor;
    }

    /// <summary>Each of three hosts keeps a file, in the order of its own clock.</summary>
    private async Task WriteFilesAsync(IReadOnlyList<DataPlaneEnvelope> arrived)
    {
        foreach (var host in arrived.Select(static (envelope, index) => (envelope, index)).GroupBy(static item => item.index % 3))
        {
            await File.WriteAllLinesAsync(
                Path.Combine(_folder.FullName, $"host-{host.Key}.jsonl"),
                host.Select(static item => item.envelope).OrderBy(static envelope => envelope.Timestamp).ThenBy(static envelope => envelope.EventId).Select(DataPlaneJson.Serialize),
                TestContext.Current.CancellationToken);
        }
    }

    private Dictionary<(string Version, string Variant), long> CountWithSql()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $$"""
            with exposures as (
                select distinct on (eventId) eventId, payload
                from read_json('{{_folder.FullName}}/*.jsonl', columns = {'eventId': 'uuid', 'eventType': 'varchar', 'payload': 'json'}, format = 'newline_delimited')
                where eventType = 'Exposure'),
            firsts as (
                select arg_min(struct_pack(version := payload->>'allocationVersion', variant := coalesce(payload->>'assignedVariantKey', payload->>'variantKey')),
                    struct_pack(at := (payload->>'timestamp')::timestamptz, id := eventId)) as assigned
                from exposures
                group by payload->>'subjectId')
            select assigned.version, assigned.variant, count(*) from firsts group by all
            """;
        using var reader = command.ExecuteReader();
        Dictionary<(string Version, string Variant), long> counts = [];
        while (reader.Read())
        {
            counts.Add((reader.GetString(0), reader.GetString(1)), Convert.ToInt64(reader.GetValue(2), CultureInfo.InvariantCulture));
        }

        return counts;
    }
}
