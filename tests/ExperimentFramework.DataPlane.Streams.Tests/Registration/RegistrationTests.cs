using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Streamiz.Kafka.Net;

namespace ExperimentFramework.DataPlane.Streams.Tests;

public sealed class RegistrationTests
{
    private static readonly (string Key, string? Value)[] Required = [("BootstrapServers", "broker:9092"), ("Topic", "events"), ("SignalsTopic", "signals")];

    [Fact]
    public void The_monitor_of_a_process_and_that_of_all_hosts_are_not_registered_together()
    {
        var first = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddExperimentMonitor().AddExperimentMonitorStreams());
        var second = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddExperimentMonitorStreams().AddExperimentMonitor(options => options.HostCount = 4));
        var third = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddExperimentMonitorStreams().AddAnalysisPlan(
            new Science.AnalysisPlan { ExperimentName = "checkout", Control = "control", PrimaryMetric = new Science.PlannedMetric { Name = "purchase", Definition = new Science.MetricDefinition(TimeSpan.FromDays(1)) } }));

        Assert.StartsWith("AddExperimentMonitor and AddExperimentMonitorStreams were both called.", first.Message, StringComparison.Ordinal);
        Assert.All([first, second, third], static error =>
        {
            Assert.Contains("the counts of several hosts must not be added", error.Message, StringComparison.Ordinal);
            Assert.Contains("With Kafka, remove AddExperimentMonitor", error.Message, StringComparison.Ordinal);
            Assert.Contains("Without Kafka, call only AddExperimentMonitor, and set HostCount to the number of hosts", error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Each_of_them_may_be_registered_again()
    {
        Assert.Single(new ServiceCollection().AddExperimentMonitorStreams().AddExperimentMonitorStreams(), static service => service.ServiceType == typeof(IHostedService));
        new ServiceCollection().AddExperimentMonitor().AddExperimentMonitor();
    }

    [Fact]
    public void Options_are_those_of_the_section_and_then_those_of_the_code()
    {
        using var host = Create(options => options.Topic = "others", [.. Required, ("ReportInterval", "00:00:05"), ("ReplicationFactor", "3"), ("SegmentAttributes:0", "country"), ("Settings:security.protocol", "ssl"), ("StateFolder", "state")]);
        var options = host.Services.GetRequiredService<IOptions<ExperimentMonitorStreamsOptions>>().Value;

        Assert.Equal(("broker:9092", "others", "signals", TimeSpan.FromSeconds(5), 3, "state"), (options.BootstrapServers, options.Topic, options.SignalsTopic, options.ReportInterval, options.ReplicationFactor, options.StateFolder));
        Assert.Equal(["country"], options.SegmentAttributes);
        Assert.Equal("ssl", options.Settings["security.protocol"]);
    }

    [Theory]
    [InlineData("BootstrapServers", "", "ExperimentMonitorStreamsOptions.BootstrapServers is empty")]
    [InlineData("BootstrapServers", "broker", "ExperimentMonitorStreamsOptions.BootstrapServers has the address 'broker'")]
    [InlineData("Topic", "a b", "ExperimentMonitorStreamsOptions.Topic is 'a b'")]
    [InlineData("SignalsTopic", "events", "ExperimentMonitorStreamsOptions.SignalsTopic is 'events', which is the topic of the events; it must be another one.")]
    [InlineData("ApplicationId", "a/b", "ExperimentMonitorStreamsOptions.ApplicationId is 'a/b'")]
    [InlineData("StateFolder", " ", "ExperimentMonitorStreamsOptions.StateFolder is empty")]
    [InlineData("ReportInterval", "00:00:00.05", "Configuration value 'DataPlane:Streams:ReportInterval' is 00:00:00.0500000; it must be from ")]
    [InlineData("ReportInterval", "30", "Configuration value 'DataPlane:Streams:ReportInterval' is '30', which .NET parses as 30 days")]
    [InlineData("ReplicationFactor", "0", "Configuration value 'DataPlane:Streams:ReplicationFactor' is 0; it must be from 1 to 100.")]
    [InlineData("MaxExperiments", "0", "Configuration value 'DataPlane:Streams:MaxExperiments' is 0; it must be from 1 to 100000.")]
    [InlineData("SegmentAttributes:0", " ", "ExperimentMonitorStreamsOptions.SegmentAttributes has an empty name")]
    [InlineData("Settings:group.id", "mine", "ExperimentMonitorStreamsOptions.Settings must not contain 'group.id': there is an option for it: ExperimentMonitorStreamsOptions.ApplicationId.")]
    [InlineData("Settings:request.required.acks", "0", "ExperimentMonitorStreamsOptions.Settings must not contain 'request.required.acks'")]
    [InlineData("Settings:acks", "0", "ExperimentMonitorStreamsOptions.Settings must not contain 'acks'")]
    [InlineData("Topics", "events", "Configuration key 'DataPlane:Streams:Topics' is unknown")]
    public async Task An_option_that_is_wrong_stops_the_start(string key, string value, string expected)
    {
        using var host = Create(null, [.. Required.Where(entry => entry.Key != key), (key, value)]);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_the_client_does_not_know_stops_the_start_and_no_secret_is_shown()
    {
        using var host = Create(null, [.. Required, ("Settings:no.such.setting", "1"), ("Settings:sasl.password", "hunter2")]);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("no.such.setting", error.Message, StringComparison.Ordinal);
        Assert.Contains("Check ExperimentMonitorStreamsOptions.Settings.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_engine_has_the_settings_that_its_guarantees_need()
    {
        using var host = Create(null, Required);
        var config = EngineSettings.Create(host.Services.GetRequiredService<StreamsMonitor>(), Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

        Assert.Equal((ProcessingGuarantee.AT_LEAST_ONCE, -1, 1_000), (config.Guarantee, config.ReplicationFactor, config.CommitIntervalMs));
        var (producer, consumer) = (config.ToProducerConfig().ToDictionary(), config.ToConsumerConfig().ToDictionary());
        Assert.Equal(("-1", "True", "lz4"), (producer["acks"], producer["enable.idempotence"], producer["compression.type"]));
        Assert.Equal(("earliest", "False", "experiment-monitor"), (consumer["auto.offset.reset"], consumer["enable.auto.commit"], consumer["group.id"]));
    }

    [Fact]
    public async Task A_setting_that_only_the_producer_refuses_stops_the_start()
    {
        using var host = Create(null, [.. Required, ("Settings:max.in.flight", "100")]);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("max.in.flight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_that_of_the_engine_and_of_the_experiments()
    {
        var health = new MonitorHealth(Section(Required));
        var monitor = health.Monitor;

        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckAsync()).Status);
        monitor.OnEngineState(KafkaStream.State.RUNNING);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckAsync()).Status);
        monitor.OnEvaluated("checkout", Science.ExperimentState.SampleRatioMismatch, 10_000);
        var degraded = await health.CheckAsync();
        Assert.Equal((HealthStatus.Degraded, "The split of checkout differs from its plan, so results cannot be trusted."), (degraded.Status, degraded.Description));
        monitor.OnMoved("checkout");
        Assert.Equal(HealthStatus.Healthy, (await health.CheckAsync()).Status);
        monitor.OnFault("checkout", new InvalidDataException("It is damaged."));
        Assert.Equal(HealthStatus.Degraded, (await health.CheckAsync()).Status);
    }

    [Fact]
    public async Task Health_is_unhealthy_until_the_engine_runs_and_while_it_only_tries_to()
    {
        var health = new MonitorHealth(Section(Required));
        health.Monitor.OnEngineState(KafkaStream.State.REBALANCING);
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckAsync()).Status);

        health.Monitor.OnEngineState(KafkaStream.State.RUNNING);
        health.Monitor.OnEngineState(KafkaStream.State.REBALANCING);
        Assert.Equal(HealthStatus.Healthy, (await health.CheckAsync()).Status);
        health.Time.Advance(StreamsMonitor.EnginePatience);
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckAsync()).Status);

        health.Monitor.OnEngineState(KafkaStream.State.RUNNING);
        health.Monitor.OnEngineState(KafkaStream.State.REBALANCING);
        health.Monitor.Failure = new InvalidOperationException("The topic 'signals' does not exist.");
        var failed = await health.CheckAsync();
        Assert.Equal(HealthStatus.Unhealthy, failed.Status);
        Assert.Contains("The topic 'signals' does not exist.", failed.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_is_unhealthy_while_an_engine_that_runs_reads_nothing()
    {
        var health = new MonitorHealth(Section(Required));
        health.Monitor.OnEngineState(KafkaStream.State.RUNNING);
        health.Time.Advance(StreamsMonitor.EnginePatience);

        var still = await health.CheckAsync();
        Assert.Equal(
            (HealthStatus.Unhealthy, "The stream engine runs, but has neither asked its brokers for messages nor restored any for 2 minutes, so nothing is counted. Check that the brokers answer; if they do, restart this instance."), (still.Status, still.Description));
        health.Monitor.OnActive();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckAsync()).Status);
    }

    [Fact]
    public void Nothing_is_left_of_an_engine_that_has_ended()
    {
        var monitor = new MonitorHealth(Section(Required)).Monitor;
        monitor.OnEvaluated("checkout", Science.ExperimentState.Healthy, 10);
        monitor.OnUnreported(true);
        monitor.OnRestored("subjects", 3);

        monitor.OnEngineEnded();

        Assert.Empty(monitor.States);
        Assert.Equal((0, false), (monitor.Unreported, monitor.TakeRestored("subjects", 3)));
    }

    private static IEnumerable<KeyValuePair<string, string?>> Section((string Key, string? Value)[] section) =>
        section.Select(static entry => KeyValuePair.Create("DataPlane:Streams:" + entry.Key, entry.Value));

    private static IHost Create(Action<ExperimentMonitorStreamsOptions>? configure, (string Key, string? Value)[] section)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(Section(section));
        builder.Services.AddExperimentMonitorStreams(configure);
        return builder.Build();
    }
}
