using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Otlp;

/// <summary>A collector that asks for a pause gets no requests meanwhile.</summary>
public sealed class OtlpPauseTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private OtlpReceiver _receiver = null!;
    private OtlpDataBackplane _backplane = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = await OtlpReceiver.StartAsync();
        _backplane = Create(_time);
    }

    public async ValueTask DisposeAsync()
    {
        _backplane.Dispose();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_prolongs_no_wait_for_Retry_After()
    {
        var clock = new SettableClock(_time);
        using var backplane = Create(clock);
        _receiver.Answer = async (context, _) =>
        {
            context.Response.Headers.RetryAfter = "30";
            await OtlpReceiver.WriteAsync(context, new Status(), StatusCodes.Status503ServiceUnavailable);
            return true;
        };
        await backplane.PublishAsync(OtlpEvents.Exposures(3), Token);
        _receiver.Answer = null;

        clock.Offset = TimeSpan.FromHours(-1);
        _time.Advance(TimeSpan.FromSeconds(31));

        Assert.Null((await backplane.PublishAsync(OtlpEvents.Exposures(3), Token)).Error);
    }

    [Fact]
    public async Task The_collector_is_left_alone_for_as_long_as_Retry_After_says()
    {
        _receiver.Answer = async (context, _) =>
        {
            context.Response.Headers.RetryAfter = "30";
            await OtlpReceiver.WriteAsync(context, new Status(), StatusCodes.Status429TooManyRequests);
            return true;
        };
        await _backplane.PublishAsync(OtlpEvents.Exposures(3), Token);
        _receiver.Answer = null;

        var health = await _backplane.HealthAsync(Token);
        var waiting = _backplane.PublishAsync(OtlpEvents.Exposures(3), Token).AsTask();
        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(waiting.IsCompleted);
        Assert.Equal(1, _receiver.Requests);
        Assert.True(health is { IsHealthy: true, IsDegraded: true }, health.Description);

        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Null((await waiting).Error);
        Assert.Equal(3, _receiver.Records.Count);
    }

    [Fact]
    public async Task A_wait_for_Retry_After_ends_with_the_attempt_and_says_why()
    {
        _receiver.Answer = async (context, _) =>
        {
            context.Response.Headers.RetryAfter = "Sun, 01 Mar 2026 12:04:00 GMT";
            await OtlpReceiver.WriteAsync(context, new Status(), StatusCodes.Status503ServiceUnavailable);
            return true;
        };
        await _backplane.PublishAsync(OtlpEvents.Exposures(1), Token);
        using var attempt = new CancellationTokenSource();

        var waiting = _backplane.PublishAsync(OtlpEvents.Exposures(1), attempt.Token).AsTask();
        await attempt.CancelAsync();
        var result = await waiting;

        Assert.Equal(DeliveryStatus.TransientFailure, result[0]);
        Assert.Contains("Retry-After", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(1, _receiver.Requests);
    }

    private OtlpDataBackplane Create(TimeProvider time) =>
        new(OtlpSettings.Of(new OtlpDataBackplaneOptions { Endpoint = _receiver.Endpoint }, new OtlpEnvironment(_ => null)), time, NullLogger.Instance);

    /// <summary>A clock that can be set while timestamps and timers go on.</summary>
    private sealed class SettableClock(FakeTimeProvider inner) : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Offset;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }
}
