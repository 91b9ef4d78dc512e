using System.Collections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>Health is for when things are wrong, so it never throws.</summary>
public sealed class HealthThrowsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DropLedger _drops = new();

    public static TheoryData<string> Oddities { get; } = ["null diagnostics", "diagnostics that throw", "an exception whose message throws", "a member that throws at once"];

    [Theory]
    [MemberData(nameof(Oddities))]
    public async Task A_health_that_is_odd_never_makes_the_pipelines_throw(string oddity)
    {
        using var metrics = new DeliveryMetrics(_drops);
        await using var destination = new Destination(
            new Odd(oddity), "odd", DestinationSettings.From(new DataPlaneOptions(), new ShutdownBudget(TimeSpan.Zero, _time)), metrics, _time, NullLogger.Instance);

        var health = await HealthAggregator.AggregateAsync([destination], [new OddSource()], _drops, CancellationToken.None);

        Assert.Equal(oddity == "null diagnostics", health.IsHealthy);
        Assert.Contains(oddity == "null diagnostics" ? "The health of source cannot be read" : "odd", health.Description, StringComparison.Ordinal);
        Assert.Equal(oddity == "null diagnostics", health.Diagnostics["destination:0:odd:healthy"]);
    }

    [Fact]
    public async Task A_destination_that_throws_at_once_is_not_called_blocking_later()
    {
        using var metrics = new DeliveryMetrics(_drops);
        await using var destination = new Destination(
            new Odd("publish throws"), "odd", DestinationSettings.From(new DataPlaneOptions(), new ShutdownBudget(TimeSpan.Zero, _time)), metrics, _time, NullLogger.Instance);
        destination.TryPublish(SampleEvents.Envelope(SampleEvents.Exposure));
        await _time.AdvanceUntil(destination.FlushAsync(default).AsTask());
        _time.Advance(TimeSpan.FromHours(1));

        Assert.DoesNotContain("blocked", (await destination.HealthAsync(default)).Description ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_throws_is_shown()
    {
        var clock = new Broken();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddDataBackplane().AddInMemoryDataBackplane();
        await using var provider = services.BuildServiceProvider();
        var publisher = provider.GetRequiredService<IEventPublisher>();
        Assert.DoesNotContain("TimeProvider", (await publisher.HealthAsync()).Description ?? "", StringComparison.Ordinal);

        clock.IsBroken = true;
        await publisher.PublishAsync(SampleEvents.Exposure);
        var health = await publisher.HealthAsync();

        Assert.Contains("The registered TimeProvider throws", health.Description, StringComparison.Ordinal);
        Assert.Single(provider.GetRequiredService<InMemoryDataBackplane>().Events);
    }

    private sealed class Broken : TimeProvider
    {
        public bool IsBroken { get; set; }

        public override DateTimeOffset GetUtcNow() => IsBroken ? throw new InvalidOperationException("no time") : base.GetUtcNow();
    }

    private sealed class OddSource : IHealthContributor
    {
        public string Name => "source";

        public string? DegradedReason => throw new FormatException();

        public IEnumerable<KeyValuePair<string, object>> Diagnostics => throw new FormatException();
    }

    private sealed class Odd(string oddity) : BatchBackplane
    {
        public override ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default) =>
            throw new IOException("down");

        public override ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => oddity switch
        {
            "null diagnostics" => ValueTask.FromResult(BackplaneHealth.Healthy() with { Diagnostics = null! }),
            "diagnostics that throw" => ValueTask.FromResult(BackplaneHealth.Healthy() with { Diagnostics = new OddDictionary() }),
            "an exception whose message throws" => ValueTask.FromException<BackplaneHealth>(new SilentException()),
            "a member that throws at once" => throw new IOException("down"),
            _ => ValueTask.FromResult(BackplaneHealth.Healthy()),
        };
    }

    private sealed class SilentException : Exception
    {
        public override string Message => throw new FormatException();
    }

    private sealed class OddDictionary : IReadOnlyDictionary<string, object>
    {
        public int Count => throw new FormatException();

        public IEnumerable<string> Keys => throw new FormatException();

        public IEnumerable<object> Values => throw new FormatException();

        public object this[string key] => throw new FormatException();

        public bool ContainsKey(string key) => throw new FormatException();

        public bool TryGetValue(string key, out object value) => throw new FormatException();

        public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => throw new FormatException();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
