using System.Globalization;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tool.Tests.Monitoring;

public sealed class StreamMonitorTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(ToolFixture.Now);
    private readonly StreamMonitor _stream;
    private int _events;

    public StreamMonitorTests()
    {
        _stream = new StreamMonitor([], _time);
        Observe(Begin, new AnalysisSignalEvent
        {
            ExperimentName = "checkout",
            Timestamp = Begin,
            SignalType = AnalysisSignalType.AllocationDeclared,
            Severity = SignalSeverity.Info,
            Message = "The weights.",
            Data = new Dictionary<string, object?> { ["allocationVersion"] = "v1", ["weight:control"] = 50L, ["weight:b"] = 50L },
        });
    }

    [Fact]
    public async Task Evidence_and_signals_have_the_times_at_which_they_came_up_also_with_few_subjects()
    {
        for (var minute = 0; minute < 50; minute++)
        {
            Expose(Begin.AddMinutes(minute), subjects: 2);
        }

        _stream.Evaluate();

        var detail = await ReadAsync();
        var evidence = detail.Minutes.LogEvidence;
        Assert.True(evidence[25] > evidence[15] && evidence[40] > evidence[25], string.Join(' ', evidence.Select(value => value.ToString("0.#", CultureInfo.InvariantCulture))));
        var alarm = detail.LatestSignals.Last(signal => signal.SignalType == AnalysisSignalType.SampleRatioMismatch);
        Assert.InRange(alarm.Timestamp, Begin, Begin.AddMinutes(40));
    }

    [Fact]
    public async Task Time_ends_with_the_last_event_until_it_is_moved_on_by_the_clock()
    {
        Expose(Begin.AddMinutes(5), subjects: 10);
        _stream.Evaluate();
        Assert.Equal(Begin.AddMinutes(5), End(await ReadAsync()));

        _time.Advance(TimeSpan.FromMinutes(3));
        _stream.Advance();
        _stream.Advance();
        Assert.Equal(Begin.AddMinutes(8), End(await ReadAsync()));

        // What is late belongs to the minute in which it arrives.
        Expose(Begin.AddMinutes(6), subjects: 1);
        _time.Advance(TimeSpan.FromMinutes(1));
        _stream.Advance();
        Assert.Equal(Begin.AddMinutes(9), End(await ReadAsync()));
    }

    [Fact]
    public async Task One_event_from_the_far_future_does_not_move_time()
    {
        Expose(Begin.AddMinutes(1), subjects: 10);
        Expose(Begin.AddYears(50), subjects: 1);
        Expose(Begin.AddMinutes(2), subjects: 10);
        _stream.Evaluate();

        var detail = await ReadAsync();

        Assert.Equal(Begin.AddMinutes(2), End(detail));
        Assert.Equal((21, 22), (detail.Status.Subjects, _stream.Events));
    }

    private async Task<ExperimentDetail> ReadAsync() =>
        (await new MonitorReadModel(_stream.Monitor, ReadModelSource.OfFiles("events"), _time).GetExperimentAsync("checkout", TestContext.Current.CancellationToken))!;

    private static DateTimeOffset End(ExperimentDetail detail) => detail.Minutes.Start + ((detail.Minutes.Runs.Count - 1) * detail.Minutes.Interval);

    /// <summary>Exposes new subjects, all of them to control.</summary>
    private void Expose(DateTimeOffset time, int subjects)
    {
        for (var subject = 0; subject < subjects; subject++)
        {
            Observe(time, new ExposureEvent
            {
                ExperimentName = "checkout",
                Timestamp = time,
                VariantKey = "control",
                SubjectId = string.Create(CultureInfo.InvariantCulture, $"user-{_events}"),
                SelectionReason = SelectionReasons.HashAssignment,
                AllocationVersion = "v1",
            });
        }
    }

    private void Observe(DateTimeOffset time, DataPlaneEvent payload) => _stream.Observe(new DataPlaneEnvelope
    {
        EventId = new Guid(++_events, 0, 0, [0x80, 0, 0, 0, 0, 0, 0, 1]),
        Timestamp = time,
        EventType = payload.EventType,
        SchemaVersion = payload.SchemaVersion,
        Payload = payload,
    });
}
