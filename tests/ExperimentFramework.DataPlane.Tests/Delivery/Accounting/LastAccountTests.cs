using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>A pipeline that ends publishes its last account, whatever happens at the same moment.</summary>
public sealed class LastAccountTests
{
    [Fact]
    public async Task An_account_that_is_being_published_when_the_end_begins_does_not_cost_the_last_one()
    {
        using var time = new StoppedTime();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time).AddLogging().AddMetrics();
        services.AddDataBackplane(options => options.AccountingInterval = TimeSpan.FromMinutes(1));
        services.AddInMemoryDataBackplane();
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IEventPublisher>();
        var backplane = provider.GetRequiredService<InMemoryDataBackplane>();

        var tick = Task.Run(() => time.Advance(TimeSpan.FromMinutes(1)), TestContext.Current.CancellationToken);
        await time.ReaderStopped;
        await provider.DisposeAsync();
        await tick;

        Assert.Equal(
            [(1L, true)],
            backplane.Events.Select(envelope => envelope.Payload).OfType<AccountingEvent>().Select(account => (account.SequenceNumber, account.IsLast)));
    }

    [Fact]
    public async Task An_event_of_the_outbox_that_is_refused_while_the_end_runs_out_of_time_is_in_the_last_account()
    {
        var outbox = new InMemoryEventOutbox(100);
        var key = typeof(RefusingBackplane).ToString();
        outbox.Append(key, [new QueuedEnvelope(SampleEvents.Envelope(SampleEvents.Exposure), 0)], Lost);
        using var log = new StoppedLog("EventsRejected");
        var fixture = DataPlaneFixture.Bare(
            options => (options.ShutdownTimeout, options.EnableAccountingEvents) = (TimeSpan.FromSeconds(1), true),
            services => services.AddSingleton<IDataBackplane>(new RefusingBackplane()).AddSingleton<IEventOutbox>(outbox).AddSingleton<ILoggerProvider>(log));
        fixture.Get<IEventPublisher>();

        // The worker has its answer and has not counted it yet.
        await log.WriterStopped;
        await fixture.DisposeAsync();
        Assert.Empty(Accounts());
        log.Continue();
        await Eventually.Holds(() => Accounts().Count == 1);

        var account = Accounts()[0];
        Assert.True(account.IsLast);
        Assert.Equal(DropReasons.Rejected, Assert.Single(account.Drops).Reason);

        List<AccountingEvent> Accounts()
        {
            var stored = new List<QueuedEnvelope>();
            outbox.Read(key, stored, 100, Lost);
            return [.. stored.Select(queued => queued.Envelope.Payload).OfType<AccountingEvent>()];
        }

        static void Lost(OutboxDrop dropped) => Assert.Fail(dropped.Reason);
    }

    private sealed class RefusingBackplane : AcceptingBackplane
    {
        public override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) => throw new EventRejectedException("no");
    }

    /// <summary>A log that stops the thread that writes one message.</summary>
    private sealed class StoppedLog(string eventName) : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _writerStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _continues = new();

        public Task WriterStopped => _writerStopped.Task;

        public void Continue() => _continues.Set();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name == eventName)
            {
                _writerStopped.TrySetResult();
                _continues.Wait();
            }
        }

        // The container ends before the thread that is stopped.
        public void Dispose()
        {
        }
    }

    /// <summary>A clock that stops the first timer callback that reads it, until a timer is disposed.</summary>
    private sealed class StoppedTime : FakeTimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim _timerDisposed = new();
        private readonly TaskCompletionSource _readerStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly AsyncLocal<bool> _isInTimer = new();

        public Task ReaderStopped => _readerStopped.Task;

        public override DateTimeOffset GetUtcNow()
        {
            if (_isInTimer.Value && _readerStopped.TrySetResult())
            {
                _timerDisposed.Wait();
            }

            return base.GetUtcNow();
        }

        /// <summary>Reads the clock of the base class, and is no reading of its own.</summary>
        public override long GetTimestamp()
        {
            var isInTimer = _isInTimer.Value;
            _isInTimer.Value = false;
            try
            {
                return base.GetTimestamp();
            }
            finally
            {
                _isInTimer.Value = isInTimer;
            }
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new WatchedTimer(
            base.CreateTimer(
                passed =>
                {
                    _isInTimer.Value = true;
                    callback(passed);
                },
                state,
                dueTime,
                period),
            _timerDisposed);

        public void Dispose() => _timerDisposed.Dispose();
    }

    private sealed class WatchedTimer(ITimer timer, ManualResetEventSlim disposed) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

        public void Dispose()
        {
            disposed.Set();
            timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            disposed.Set();
            return timer.DisposeAsync();
        }
    }
}
