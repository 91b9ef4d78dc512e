using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>What one call of a destination may do and what it comes to.</summary>
public sealed class TimeLimitedBackplaneTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1, DeliveryStatus.PermanentFailure)]
    [InlineData(2, DeliveryStatus.TransientFailure)]
    public async Task A_rejection_of_a_whole_batch_is_final_only_where_it_can_mean_one_event(int events, DeliveryStatus status)
    {
        var answer = await PublishAsync(new ScriptedBackplane((_, _) => throw new EventRejectedException("too large")), events);

        Assert.Equal(Enumerable.Repeat(status, events), answer.Statuses);
        Assert.IsType<EventRejectedException>(answer.Error);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_that_heeds_its_limit_is_a_call_that_came_too_late()
    {
        var isCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var publishing = PublishAsync(new ScriptedBackplane(async (_, token) =>
        {
            isCalled.SetResult();
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = token.Register(() => ended.TrySetCanceled(token));
            try
            {
                await ended.Task;
            }
            catch (OperationCanceledException exception)
            {
                return BatchResult.FromStatuses([DeliveryStatus.TransientFailure], exception);
            }

            return BatchResult.Delivered;
        }));
        await isCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(10));

        var answer = await publishing.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal([DeliveryStatus.TransientFailure], answer.Statuses);
        Assert.Equal("Kafka did not respond within 00:00:10.", Assert.IsType<TimeoutException>(answer.Error).Message);
        Assert.True(SafeText.IsOwn(answer.Error));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_answer_that_comes_in_spite_of_its_limit_keeps_an_error_of_its_own()
    {
        var error = new IOException("the disk is full");
        var publishing = PublishAsync(new ScriptedBackplane((_, _) =>
        {
            // The limit is over in the moment in which the destination answers.
            _time.Advance(TimeSpan.FromSeconds(10));
            return ValueTask.FromResult(BatchResult.FromStatuses([DeliveryStatus.Delivered], error));
        }));

        var answer = await publishing.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal([DeliveryStatus.Delivered], answer.Statuses);
        Assert.Same(error, answer.Error);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_destination_registers_on_its_token_holds_up_neither_the_clock_nor_the_worker()
    {
        using var gate = new ManualResetEventSlim();
        var isCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var publishing = PublishAsync(new ScriptedBackplane(async (_, token) =>
        {
            token.Register(() => gate.Wait(TestContext.Current.CancellationToken));
            isCalled.SetResult();
            await new TaskCompletionSource().Task;
            return BatchResult.Delivered;
        }));
        await isCalled.Task.WaitAsync(TestContext.Current.CancellationToken);

        await Task.Run(() => _time.Advance(TimeSpan.FromSeconds(10)), TestContext.Current.CancellationToken).WaitAsync(TestContext.Current.CancellationToken);
        await _time.AdvanceUntil(publishing, TimeSpan.FromSeconds(1));
        var answer = await publishing;

        Assert.IsType<TimeoutException>(answer.Error);
        gate.Set();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_destination_that_says_in_time_what_it_delivered_before_it_was_canceled_is_believed()
    {
        var isCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var publishing = PublishAsync(new ScriptedBackplane(async (_, token) =>
        {
            isCalled.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }
            catch (OperationCanceledException exception)
            {
                return BatchResult.FromStatuses([DeliveryStatus.Delivered, DeliveryStatus.TransientFailure], exception);
            }

            return BatchResult.Delivered;
        }), events: 2);
        await isCalled.Task.WaitAsync(TestContext.Current.CancellationToken);

        // The time limit, and no more.
        _time.Advance(TimeSpan.FromSeconds(10));
        var answer = await publishing.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.TransientFailure], answer.Statuses);
        Assert.IsType<TimeoutException>(answer.Error);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_call_that_has_not_ended_is_not_followed_by_another_before_it_has()
    {
        var gate = new TaskCompletionSource<BatchResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        var caller = new TimeLimitedBackplane(
            new ScriptedBackplane(async (_, _) =>
            {
                Interlocked.Increment(ref calls);
                isCalled.TrySetResult();
                return await gate.Task;
            }),
            "Kafka",
            TimeSpan.FromSeconds(10),
            new DeliveryMetrics(new DropLedger()),
            _time,
            CancellationToken.None);
        var first = PublishAsync(caller, 1);
        await isCalled.Task.WaitAsync(TestContext.Current.CancellationToken);
        await _time.AdvanceUntil(first, TimeSpan.FromSeconds(1));
        Assert.IsType<TimeoutException>((await first).Error);

        var second = PublishAsync(caller, 1);
        await _time.AdvanceUntil(second, TimeSpan.FromSeconds(1));
        Assert.IsType<TimeoutException>((await second).Error);
        Assert.Equal(1, Volatile.Read(ref calls));

        gate.SetResult(BatchResult.Delivered);
        Assert.Null((await PublishAsync(caller, 1)).Error);
        Assert.Equal(2, Volatile.Read(ref calls));
    }

    [Fact]
    public async Task The_error_of_an_answer_is_kept_and_an_answer_of_null_is_delivered()
    {
        var error = new IOException("half of it");
        var partial = await PublishAsync(new ScriptedBackplane((_, _) => ValueTask.FromResult(BatchResult.FromStatuses([DeliveryStatus.Delivered], error))), 2);
        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.TransientFailure], partial.Statuses);
        Assert.Same(error, partial.Error);

        var none = await PublishAsync(new ScriptedBackplane((_, _) => ValueTask.FromResult<BatchResult>(null!)), 2);
        Assert.Equal([DeliveryStatus.Delivered, DeliveryStatus.Delivered], none.Statuses);
        Assert.Null(none.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_attempt_is_measured_whether_it_succeeds_or_not(bool fails)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = services.GetRequiredService<IMeterFactory>();
        using var metrics = new DeliveryMetrics(new DropLedger(), factory);
        using var sizes = new MetricCollector<int>(factory, DeliveryMetrics.MeterName, "dataplane.batch.size");
        using var durations = new MetricCollector<double>(factory, DeliveryMetrics.MeterName, "dataplane.batch.duration");

        await PublishAsync(
            new ScriptedBackplane((_, _) =>
            {
                _time.Advance(TimeSpan.FromSeconds(2));
                return fails ? throw new IOException("down") : ValueTask.FromResult(BatchResult.Delivered);
            }),
            3,
            metrics);

        var size = Assert.Single(sizes.GetMeasurementSnapshot());
        Assert.Equal((3, "Kafka"), (size.Value, size.Tags["destination"]));
        var duration = Assert.Single(durations.GetMeasurementSnapshot());
        Assert.Equal((2.0, "Kafka"), (duration.Value, duration.Tags["destination"]));
    }

    private Task<BatchAnswer> PublishAsync(IDataBackplane backplane, int events = 1, DeliveryMetrics? metrics = null) => PublishAsync(
        new TimeLimitedBackplane(backplane, "Kafka", TimeSpan.FromSeconds(10), metrics ?? new DeliveryMetrics(new DropLedger()), _time, CancellationToken.None), events);

    private static async Task<BatchAnswer> PublishAsync(TimeLimitedBackplane caller, int events)
    {
        BatchAnswer answer = default;
        var worker = WorkerThread.Start(
            "test", thread => answer = caller.Publish([.. Enumerable.Range(0, events).Select(_ => SampleEvents.Envelope(SampleEvents.Exposure))], thread));
        await worker.Ended;
        Assert.NotNull(answer.Statuses);
        return answer;
    }
}
