using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery.Destinations;

/// <summary>What operators see of attempts and destinations: activities for who listens, and the state and events of each destination.</summary>
public sealed class DeliveryActivityTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly NamedBackplane _backplane = new();
    private readonly ServiceProvider _services;

    public DeliveryActivityTests() => _services = new ServiceCollection()
        .AddMetrics()
        .AddSingleton<TimeProvider>(_time)
        .AddSingleton<IDataBackplane>(_backplane)
        .AddDataBackplane(options =>
        {
            options.Retry.MaxAttempts = 100;
            options.EnableErrorEvents = false;
        })
        .BuildServiceProvider();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task An_attempt_is_an_activity_with_its_result_and_the_calls_of_the_destination_are_inside_it()
    {
        List<Activity> ended = [];
        using var listener = Listen(activity =>
        {
            if ((string?)activity.GetTagItem("destination") == nameof(NamedBackplane))
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            }
        });
        _backplane.Failure = new IOException("secret");

        await PublishAsync();
        await _time.AdvanceUntil(() => Count() > 0);
        _backplane.Failure = null;
        await _time.AdvanceUntil(_services.GetRequiredService<IEventPublisher>().FlushAsync().AsTask());

        Assert.All(ended, activity => Assert.Equal(("deliver", ActivityKind.Producer), (activity.OperationName, activity.Kind)));
        Assert.Equal((ActivityStatusCode.Error, typeof(IOException).FullName, 0), (ended[0].Status, ended[0].GetTagItem("error.type"), ended[0].GetTagItem("batch.delivered")));
        Assert.Equal((ActivityStatusCode.Unset, null, 1), (ended[^1].Status, ended[^1].GetTagItem("error.type"), ended[^1].GetTagItem("batch.delivered")));
        Assert.Equal(1, ended[^1].GetTagItem("batch.size"));
        Assert.Equal(ended[^1].SpanId, _backplane.Current);
        Assert.All(ended, activity => Assert.DoesNotContain(activity.TagObjects, tag => tag.Value is string text && text.Contains("secret", StringComparison.Ordinal)));

        int Count()
        {
            lock (ended)
            {
                return ended.Count;
            }
        }
    }

    [Fact]
    public async Task A_listener_that_throws_stops_no_delivery()
    {
        using var listener = Listen(activity => throw new InvalidOperationException(activity.OperationName));

        await PublishAsync();
        await _time.AdvanceUntil(_services.GetRequiredService<IEventPublisher>().FlushAsync().AsTask());

        Assert.Single(_backplane.Events);
    }

    [Fact]
    public async Task Without_a_listener_there_is_no_activity()
    {
        await PublishAsync();
        await _time.AdvanceUntil(_services.GetRequiredService<IEventPublisher>().FlushAsync().AsTask());

        Assert.Null(_backplane.Current);
    }

    [Fact]
    public async Task The_gauge_shows_the_state_of_a_destination_and_the_counter_its_events_by_variant()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        using var state = new MetricCollector<int>(factory, DeliveryMetrics.MeterName, "dataplane.destination.state");
        using var published = new MetricCollector<long>(factory, DeliveryMetrics.MeterName, "dataplane.destination.published");
        _ = _services.GetRequiredService<IEventPublisher>();
        Assert.Equal(0, State());
        _backplane.Failure = new IOException("down");

        await PublishAsync();
        await _time.AdvanceUntil(() => State() == 1);
        await _time.AdvanceUntil(() => State() == 2, step: TimeSpan.FromSeconds(5));
        _backplane.Failure = null;
        await _time.AdvanceUntil(_services.GetRequiredService<IEventPublisher>().FlushAsync().AsTask());

        Assert.Equal(0, State());
        published.RecordObservableInstruments();
        var row = published.GetMeasurementSnapshot().Last(measurement => "Exposure".Equals(measurement.Tags["event_type"]));
        Assert.Equal((1, "exp", "b", nameof(NamedBackplane)), (row.Value, row.Tags["experiment"], row.Tags["variant"], row.Tags["destination"]));

        int State()
        {
            state.RecordObservableInstruments();
            return state.LastMeasurement!.Value;
        }
    }

    private static ActivityListener Listen(Action<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ExperimentFramework.DataPlane",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private ValueTask PublishAsync() => _services.GetRequiredService<IEventPublisher>().PublishAsync(SampleEvents.Exposure, TestContext.Current.CancellationToken);

    /// <summary>A destination with a name of its own, so that its activities are not those of other tests.</summary>
    private sealed class NamedBackplane : AcceptingBackplane
    {
        private readonly List<DataPlaneEnvelope> _events = [];
        private volatile Exception? _failure;

        public Exception? Failure
        {
            get => _failure;
            set => _failure = value;
        }

        public ActivitySpanId? Current { get; private set; }

        public IReadOnlyList<DataPlaneEnvelope> Events => _events;

        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
        {
            Current = Activity.Current?.SpanId;
            if (Failure is not null)
            {
                throw Failure;
            }

            _events.Add(envelope);
            return ValueTask.CompletedTask;
        }
    }
}
