using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>The monitor in a host: what it says through destinations, logs, metrics and health, and what it keeps.</summary>
public sealed class MonitorHostTests : IDisposable
{
    private const string Alarm = "MonitorAlarm";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(MonitoredStream.Start);
    private readonly FakeLogCollector _logs = FakeLogCollector.Create(new FakeLogCollectorOptions());

    private string Snapshot => _folder.File("monitor");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_broken_split_is_an_event_a_log_message_a_metric_and_degraded_health()
    {
        using var host = Create(services => services.AddExperimentMonitor());
        await host.StartAsync(Cancellation);
        await PublishAsync(host, subjects: 4_000, lossOfB: 0.3);

        var events = host.Services.GetRequiredService<InMemoryDataBackplane>();
        await _time.AdvanceUntil(() => Signals(events).Length > 1);

        Assert.Equal([SignalSeverity.Warning, SignalSeverity.Error], Signals(events).Select(static signal => signal.Severity));
        Assert.Contains(_logs.GetSnapshot(), static log => log.Id.Name == Alarm && log.Level == LogLevel.Error && log.Category == DataPlaneLogCategories.Monitoring);
        var health = await host.Services.GetRequiredService<IEventPublisher>().HealthAsync(Cancellation);
        Assert.True(health.IsHealthy && health.IsDegraded);
        Assert.Contains($"The split of {MonitoredStream.Experiment} differs from its plan", health.Description, StringComparison.Ordinal);
        Assert.Equal([("SampleRatioMismatch", 1)], Gauge(host, "dataplane.experiment.state"));
        Assert.True(Gauge(host, "dataplane.experiment.subjects")[0].Value > 3_000);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task What_cannot_be_counted_is_logged_once_each_with_its_name()
    {
        using var host = Create(services => services.AddExperimentMonitor(static options =>
        {
            options.MaxExperiments = 1;
            options.SegmentAttributes.Add("country");
        }));
        await host.StartAsync(Cancellation);
        var monitor = host.Services.GetRequiredService<ExperimentMonitor>();
        var stream = new MonitoredStream(monitor).Declare();
        for (var round = 0; round < 3; round++)
        {
            stream.Expose("u" + round, "control", change: static exposure => exposure with { Attributes = new ThrowingAttributes() });
            stream.Expose("u" + round, "control", change: static exposure => exposure with { ExperimentName = "other" });
            stream.Observe(new UnknownEvent { ExperimentName = MonitoredStream.Experiment, Timestamp = stream.Now, EventTypeName = "Future", Json = "{}" });
            await _time.AdvanceUntil(() => _logs.GetSnapshot().Any(static log => log.Id.Name == "MonitorEventsUnknown"));
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        await host.StopAsync(Cancellation);

        Assert.Contains(MonitoredStream.Experiment, Assert.Single(_logs.GetSnapshot(), static log => log.Id.Name == "MonitorExperimentFailed").Message, StringComparison.Ordinal);
        Assert.Contains("more than 1 experiments", Assert.Single(_logs.GetSnapshot(), static log => log.Id.Name == "MonitorExperimentsIgnored").Message, StringComparison.Ordinal);
        Assert.Single(_logs.GetSnapshot(), static log => log.Id.Name == "MonitorEventsUnknown");
        var health = await host.Services.GetRequiredService<IEventPublisher>().HealthAsync(Cancellation);
        Assert.Contains($"The monitor failed to process {MonitoredStream.Experiment}", health.Description, StringComparison.Ordinal);
        Assert.Equal((3, 3, 3), (monitor.FailedEvents, monitor.IgnoredEvents, monitor.UnknownEvents));
    }

    [Fact]
    public async Task The_ledger_and_the_snapshot_are_two_files()
    {
        using var host = Create(services => services.AddExperimentMonitor(options => (options.SnapshotFile, options.LedgerFile) = (Snapshot, Path.Combine(Path.GetDirectoryName(Snapshot)!, ".", "monitor"))));

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancellation));

        Assert.Contains("LedgerFile", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("use a different file for each", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_changed_just_before_the_end_is_signaled_too()
    {
        using var host = Create(services => services.AddExperimentMonitor());
        await host.StartAsync(Cancellation);
        await PublishAsync(host, subjects: 4_000, lossOfB: 0.3);

        await host.StopAsync(Cancellation);

        Assert.Equal(SignalSeverity.Error, Signals(host.Services.GetRequiredService<InMemoryDataBackplane>())[^1].Severity);
    }

    [Fact]
    public async Task Counts_survive_a_restart_with_a_snapshot_and_no_subject_is_counted_twice()
    {
        for (var start = 1; start <= 3; start++)
        {
            using var host = Create(services => services.AddExperimentMonitor(options => options.SnapshotFile = Snapshot));
            await host.StartAsync(Cancellation);
            await PublishAsync(host, subjects: 500 * start);
            await host.StopAsync(Cancellation);
            host.Dispose();

            var (monitor, fault) = new MonitorSnapshotFile(Snapshot, new ExperimentMonitorOptions()).Read();
            Assert.Null(fault);
            var status = Assert.Single(monitor.GetExperiments());
            Assert.Equal((500L * start, 1), (status.Subjects, status.Run));
        }
    }

    [Fact]
    public async Task The_snapshot_is_written_in_its_interval()
    {
        using var host = Create(services => services.AddExperimentMonitor(options =>
        {
            options.SnapshotFile = Snapshot;
            options.SnapshotInterval = TimeSpan.FromSeconds(5);
        }));
        await host.StartAsync(Cancellation);
        await PublishAsync(host, subjects: 10);
        Assert.False(File.Exists(Snapshot));

        await _time.AdvanceUntil(() => File.Exists(Snapshot), TimeSpan.FromSeconds(1));

        Assert.True(_time.GetUtcNow() - MonitoredStream.Start >= TimeSpan.FromSeconds(5));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_set_aside_with_a_message()
    {
        File.WriteAllText(Snapshot, "not a snapshot");
        using var host = Create(services => services.AddExperimentMonitor(options => options.SnapshotFile = Snapshot));

        await host.StartAsync(Cancellation);

        var message = Assert.Single(_logs.GetSnapshot(), static log => log.Id.Name == "MonitorSnapshotNotRestored").Message;
        Assert.Contains(Snapshot + ".damaged-1", message, StringComparison.Ordinal);
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_second_process_on_one_snapshot_counts_on_its_own_until_the_first_has_ended()
    {
        using var first = Create(services => services.AddExperimentMonitor(options => options.SnapshotFile = Snapshot));
        await first.StartAsync(Cancellation);
        using var second = Create(services => services.AddExperimentMonitor(options => options.SnapshotFile = Snapshot));
        await second.StartAsync(Cancellation);
        Assert.Contains(_logs.GetSnapshot(), static log => log.Id.Name == "MonitorSnapshotInUse");
        await PublishAsync(first, subjects: 20);
        await PublishAsync(second, subjects: 30);
        await second.StopAsync(Cancellation);
        await first.StopAsync(Cancellation);
        await ((IAsyncDisposable)first).DisposeAsync();
        Assert.Equal(20, Assert.Single(new MonitorSnapshotFile(Snapshot, new ExperimentMonitorOptions()).Read().Monitor.GetExperiments()).Subjects);

        await ((IAsyncDisposable)second).DisposeAsync();

        Assert.Equal(30, Assert.Single(new MonitorSnapshotFile(Snapshot, new ExperimentMonitorOptions()).Read().Monitor.GetExperiments()).Subjects);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_written_degrades_health_and_is_tried_again()
    {
        using var host = Create(services => services.AddExperimentMonitor(options => options.SnapshotFile = Snapshot));
        await host.StartAsync(Cancellation);
        Directory.CreateDirectory(Snapshot + ".runs.tmp");
        await _time.AdvanceUntil(() => _logs.GetSnapshot().Any(static log => log.Id.Name == "MonitorSnapshotNotWritten"), TimeSpan.FromSeconds(10));
        var health = await host.Services.GetRequiredService<IEventPublisher>().HealthAsync(Cancellation);
        Assert.Contains("The snapshot file of the experiment monitor cannot be written", health.Description, StringComparison.Ordinal);

        Directory.Delete(Snapshot + ".runs.tmp");
        await _time.AdvanceUntil(() => _logs.GetSnapshot().Any(static log => log.Id.Name == "MonitorSnapshotWrittenAgain"), TimeSpan.FromSeconds(10));

        Assert.True(File.Exists(Snapshot));
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task The_section_is_bound_and_code_overrides_it()
    {
        using var host = Create(
            services => services.AddExperimentMonitor(static options => options.HostCount = 3).AddExperimentMonitor(),
            ("MaxExperiments", "7"), ("HostCount", "2"), ("MaxSubjectSlots", "2048"), ("SegmentAttributes:0", "country"), ("SnapshotInterval", "00:00:30"), ("SnapshotFile", Snapshot));
        await host.StartAsync(Cancellation);

        var options = host.Services.GetRequiredService<IOptions<HostedExperimentMonitorOptions>>().Value;

        Assert.Equal((7, 3, 2_048, Snapshot, TimeSpan.FromSeconds(30)), (options.MaxExperiments, options.HostCount, options.MaxSubjectSlots, options.SnapshotFile, options.SnapshotInterval));
        Assert.Equal(["country"], options.SegmentAttributes);
        Assert.Single(host.Services.GetServices<IDataBackplane>(), static destination => destination is ExperimentMonitorBackplane);
        await host.StopAsync(Cancellation);
    }

    [Theory]
    [InlineData("Experiments", "1", "Configuration key 'DataPlane:Monitor:Experiments' is unknown")]
    [InlineData("MaxExperiments", "0", "Configuration value 'DataPlane:Monitor:MaxExperiments' is 0; it must be from 1 to 100000.")]
    [InlineData("MaxSubjectSlots", "1000", "Configuration value 'DataPlane:Monitor:MaxSubjectSlots' is 1000; it must be a power of 2 from 1024 to 16777216.")]
    [InlineData("HostCount", "10001", "Configuration value 'DataPlane:Monitor:HostCount' is 10001; it must be from 1 to 10000.")]
    [InlineData("SnapshotInterval", "00:00:00.5", "Configuration value 'DataPlane:Monitor:SnapshotInterval' is 00:00:00.5000000; it must be from ")]
    [InlineData("SnapshotFile", " ", "HostedExperimentMonitorOptions.SnapshotFile is empty")]
    [InlineData("SnapshotFile", "/nowhere/there/monitor", "HostedExperimentMonitorOptions.SnapshotFile is '/nowhere/there/monitor', whose folder does not exist")]
    [InlineData("SegmentAttributes:0", "", "HostedExperimentMonitorOptions.SegmentAttributes has an empty name")]
    public async Task A_section_that_is_not_understood_stops_the_start(string key, string value, string message)
    {
        using var host = Create(services => services.AddExperimentMonitor(), (key, value));

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Cancellation));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_takes_a_snapshot_over_keeps_the_verdict_of_the_one_before()
    {
        using var first = Create(services => services.AddExperimentMonitor(options => options.SnapshotFile = Snapshot));
        await first.StartAsync(Cancellation);
        using var second = Create(services => services.AddExperimentMonitor(options => options.SnapshotFile = Snapshot));
        await second.StartAsync(Cancellation);
        await PublishAsync(first, subjects: 4_000, lossOfB: 0.3);
        await PublishAsync(second, subjects: 30);
        await first.StopAsync(Cancellation);
        await ((IAsyncDisposable)first).DisposeAsync();
        await second.StopAsync(Cancellation);
        await ((IAsyncDisposable)second).DisposeAsync();

        var restored = new MonitorSnapshotFile(Snapshot, new ExperimentMonitorOptions()).Read().Monitor;
        Assert.True(Assert.Single(restored.GetRunNumbers()).LogPValue < Math.Log(0.01));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AnalysisSignalEvent[] Signals(InMemoryDataBackplane events) =>
        [.. events.Events.Select(static envelope => envelope.Payload).OfType<AnalysisSignalEvent>().Where(static signal => signal.SignalType == AnalysisSignalType.SampleRatioMismatch)];

    private static (string State, int Value)[] Gauge(IHost host, string name)
    {
        List<(string, int)> values = [];
        var factory = host.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == name && ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => values.Add(((string)tags[^1].Value!, value)));
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => values.Add(((string)tags[^1].Value!, (int)value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. values];
    }

    private static async Task PublishAsync(IHost host, int subjects, double lossOfB = 0)
    {
        var publisher = host.Services.GetRequiredService<IEventPublisher>();
        await publisher.PublishAsync(
            new AnalysisSignalEvent
            {
                ExperimentName = MonitoredStream.Experiment,
                Timestamp = MonitoredStream.Start,
                SignalType = AnalysisSignalType.AllocationDeclared,
                Severity = SignalSeverity.Info,
                Message = "Declared.",
                Data = new Dictionary<string, object?> { ["allocationVersion"] = MonitoredStream.Version, ["weight:control"] = 1.0, ["weight:b"] = 1.0 },
            },
            Cancellation);
        var random = new Random(5);
        for (var subject = 0; subject < subjects; subject++)
        {
            var isB = random.Next(2) == 1;
            if (isB && random.NextDouble() < lossOfB)
            {
                continue;
            }

            await publisher.PublishAsync(
                new ExposureEvent
                {
                    ExperimentName = MonitoredStream.Experiment,
                    Timestamp = MonitoredStream.Start,
                    VariantKey = isB ? "b" : "control",
                    SubjectId = "s" + subject,
                    AllocationVersion = MonitoredStream.Version,
                    SelectionReason = SelectionReasons.HashAssignment,
                },
                Cancellation);
        }
    }

    private IHost Create(Action<IServiceCollection> configure, params (string Key, string? Value)[] section)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(section.Select(static entry => KeyValuePair.Create("DataPlane:Monitor:" + entry.Key, entry.Value)));
        builder.Logging.AddProvider(new FakeLoggerProvider(_logs));
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddInMemoryDataBackplane();
        builder.Services.AddMetrics();
        configure(builder.Services);
        return builder.Build();
    }
}
