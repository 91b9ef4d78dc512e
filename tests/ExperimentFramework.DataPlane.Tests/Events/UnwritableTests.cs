using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>What events cannot carry on its way through the pipeline.</summary>
public sealed class UnwritableTests
{
    [Fact]
    public async Task A_value_is_replaced_by_its_type_and_counted_in_metrics_and_health()
    {
        await using var fixture = Open();
        using var metric = new MetricCollector<long>(fixture.Get<IMeterFactory>(), "ExperimentFramework.DataPlane", "dataplane.values.replaced");

        fixture.Get<ICaptured>().Capture("u1", new object(), [1, 2]);
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Signal with { Data = new Dictionary<string, object?> { ["a"] = new object(), ["b"] = new object() } });

        Assert.Equal("Object", fixture.Exposures[0].Attributes!["anything"]);
        Assert.Equal(new[] { 1L, 2L }, fixture.Exposures[0].Attributes!["numbers"]);
        Assert.Equal(["captured:1", "exp:2"], metric.GetMeasurementSnapshot().Select(measurement => $"{measurement.Tags["experiment"]}:{measurement.Value}"));
        Assert.Equal(3L, (await fixture.Get<IEventPublisher>().HealthAsync()).Diagnostics["values_replaced"]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(100)]
    public void A_number_without_a_name_is_written_as_the_text_that_was_read_or_as_itself(int number)
    {
        Assert.Equal("later", EnumText<OutcomeResult>.Of("result", (OutcomeResult)number, new Dictionary<string, string> { ["result"] = "later" }));
        Assert.Equal(FormattableString.Invariant($"{number}"), EnumText<OutcomeResult>.Of("result", (OutcomeResult)number, null));
        Assert.Equal(["Success", "Failure", "Canceled"], Enum.GetValues<OutcomeResult>().Select(value => EnumText<OutcomeResult>.Of("result", value, null)));
    }

    [Fact]
    public void An_event_without_values_has_none_replaced()
    {
        using var writer = new DataPlaneJsonWriter();
        foreach (var dataPlaneEvent in new DataPlaneEvent[]
        {
            SampleEvents.Exposure with { Attributes = null },
            SampleEvents.Metric with { Attributes = null },
            SampleEvents.Signal with { Data = null },
            SampleEvents.Error with { Data = null },
        })
        {
            writer.Write(SampleEvents.Envelope(dataPlaneEvent));
        }

        Assert.Equal(0, writer.ReplacedValues);
    }

    [Fact]
    public async Task What_is_captured_is_what_it_was_at_the_call()
    {
        await using var fixture = Open();
        List<int> numbers = [1];

        fixture.Get<ICaptured>().Capture("u1", "x", numbers);
        numbers.Add(2);

        Assert.Equal(new[] { 1L }, fixture.Exposures[0].Attributes!["numbers"]);
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_is_dropped_and_counted()
    {
        await using var fixture = Open();

        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { Attributes = new Unreadable() });
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);

        Assert.Single(fixture.Backplane.Events);
        Assert.Equal(1, fixture.Dropped("exp", "b", DropReasons.Serialization));
        Assert.Equal(1L, (await fixture.Get<IEventPublisher>().HealthAsync()).Diagnostics["dropped"]);
        Assert.Single(fixture.Logs, record => record.Message.Contains("could not be read", StringComparison.Ordinal));
    }

    private static DataPlaneFixture Open() => DataPlaneFixture.With(
        builder => builder.Trial<ICaptured>(trial => trial.AddControl<Captured>()),
        services: services => services.AddMetrics().AddSingleton<Captured>());

    private sealed class Unreadable : IReadOnlyDictionary<string, object?>
    {
        public IEnumerable<string> Keys => throw new NotSupportedException();

        public IEnumerable<object?> Values => throw new NotSupportedException();

        public int Count => 1;

        public object? this[string key] => throw new NotSupportedException();

        public bool ContainsKey(string key) => throw new NotSupportedException();

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => throw new NotSupportedException();

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value) => throw new NotSupportedException();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

[ExposureLogged("captured")]
public interface ICaptured
{
    void Capture([ExposureSubject] string user, [ExposureAttribute] object anything, [ExposureAttribute] IReadOnlyList<int> numbers);
}

public sealed class Captured : ICaptured
{
    public void Capture(string user, object anything, IReadOnlyList<int> numbers)
    {
    }
}
