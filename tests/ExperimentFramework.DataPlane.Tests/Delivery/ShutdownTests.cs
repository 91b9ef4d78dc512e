using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Delivery;

/// <summary>The end: nothing hangs, and everything is accounted for.</summary>
public sealed class ShutdownTests
{
    [Theory]
    [InlineData(BackplaneFailureMode.Drop)]
    [InlineData(BackplaneFailureMode.Block)]
    public async Task A_stuck_destination_a_full_queue_callers_that_wait_and_a_shutdown_at_once(BackplaneFailureMode mode)
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var fixture = DataPlaneFixture.Bare(
            options =>
            {
                (options.MaxQueueSize, options.BatchSize) = (16, 4);
                options.FailureMode = mode;
                options.BlockTimeout = TimeSpan.FromHours(1);
                options.RequiredDestinations.Add(nameof(RecordingBackplane));
                (options.EnableErrorEvents, options.EnableAccountingEvents) = (false, false);
            },
            services => services.AddSingleton<IDataBackplane>(stuck));
        var publisher = fixture.Get<EventPublisher>();
        var metrics = fixture.Get<DeliveryMetrics>();
        var drops = fixture.Get<DropLedger>();
        var destination = Assert.Single(publisher.Pipeline.Destinations);

        Task[] publishing = [.. Enumerable.Range(0, 100).Select(i => publisher.PublishAsync(SampleEvents.Exposure with { SubjectId = $"u{i}" }).AsTask())];
        await stuck.IsCalled.Task;
        await fixture.Time.AdvanceUntil(fixture.DisposeAsync().AsTask());
        await Task.WhenAll(publishing);
        await publisher.PublishAsync(SampleEvents.Exposure);

        // The pump is given up with a batch in its hands, which it accounts for a moment later.
        await Eventually.Holds(() => (metrics.Published, destination.Delivered, drops.Lost) == (101, 0, 101));
        stuck.Gate!.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_host_that_stops_before_a_destination_took_its_events_says_so(bool isCancelled)
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        await using var fixture = DataPlaneFixture.Queued(stuck, _ => { });
        fixture.Get<IGreeter>().Greet("u1");

        var stops = Task.WhenAll(fixture.Services.GetServices<IHostedService>().Select(service => service.StopAsync(new CancellationToken(isCancelled))));
        await fixture.Time.AdvanceUntil(stops, isCancelled ? TimeSpan.Zero : TimeSpan.FromSeconds(1));

        Assert.Single(fixture.Logs, record => record.Id.Id == 42);
        stuck.Gate.SetResult();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_that_gives_up_on_the_queue_closes_the_destinations_before_it_says_what_was_lost(bool waits)
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var logs = new Watched();
        var fixture = DataPlaneFixture.Bare(
            FullQueue.Configure, services => services.AddSingleton<IDataBackplane>(stuck).AddLogging(logging => logging.AddProvider(logs)));
        await FullQueue.FillAsync(fixture);
        var destination = Assert.Single(fixture.Get<DeliveryPipeline>().Destinations);
        var isOpen = true;
        logs.Logging = id =>
        {
            if (id == 24)
            {
                isOpen = destination.TryPublishReserved(SampleEvents.Envelope(SampleEvents.Error));
            }
        };

        if (waits)
        {
            await fixture.DisposeAsync();
        }
        else
        {
            fixture.Services.Dispose();
        }

        Assert.False(isOpen);
        stuck.Gate.SetResult();
    }

    [Fact]
    public async Task Threads_that_publish_through_a_shutdown_are_accounted_for_to_the_event()
    {
        for (var round = 0; round < 30; round++)
        {
            var recording = new RecordingBackplane();
            var services = new ServiceCollection();
            services.AddSingleton<IDataBackplane>(recording);
            services.AddDataBackplane(options => (options.MaxQueueSize, options.BatchSize, options.EnableErrorEvents, options.EnableAccountingEvents) = (1_000, 100, false, false));
            var provider = services.BuildServiceProvider();
            var publisher = provider.GetRequiredService<EventPublisher>();
            var metrics = provider.GetRequiredService<DeliveryMetrics>();
            var drops = provider.GetRequiredService<DropLedger>();
            using var isRunning = new CountdownEvent(4);
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                for (var i = 0; i < 2_000; i++)
                {
                    publisher.Write(SampleEvents.Exposure, new EnqueueWait(WaitMode.Thread, CancellationToken.None));
                    if (i == 200)
                    {
                        isRunning.Signal();
                    }
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            isRunning.Wait();
            if (round % 2 == 0)
            {
                await provider.DisposeAsync();
            }
            else
            {
                provider.Dispose();
            }

            Array.ForEach(threads, thread => thread.Join());

            // A synchronous end does not wait for the batch that the worker has in its hands, which is accounted for a moment later.
            var destination = Assert.Single(publisher.Pipeline.Destinations);
            await Eventually.Holds(() => (metrics.Published, destination.Delivered + drops.Lost) == (8_000, 8_000));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_thread_that_published_holds_nothing_of_a_pipeline_that_has_ended(bool waits)
    {
        var ended = new List<WeakReference>();
        for (var i = 0; i < 5; i++)
        {
            ended.Add(await PublishAndEndAsync(waits));
        }

        // A worker may be about to end, and one pipeline may still stand in a register or on the stack.
        await Eventually.Holds(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return ended.Count(pipeline => pipeline.IsAlive) <= 1;
        });

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task<WeakReference> PublishAndEndAsync(bool waits)
        {
            var services = new ServiceCollection();
            services.AddSingleton<IDataBackplane>(new RecordingBackplane());
            services.AddDataBackplane();
            var provider = services.BuildServiceProvider();
            var publisher = provider.GetRequiredService<EventPublisher>();
            publisher.Write(SampleEvents.Exposure, new EnqueueWait(WaitMode.Thread, CancellationToken.None));
            if (waits)
            {
                await provider.DisposeAsync();
            }
            else
            {
                provider.Dispose();
            }

            Assert.False(publisher.Write(SampleEvents.Exposure, new EnqueueWait(WaitMode.Thread, CancellationToken.None)).IsAccepted);
            return new WeakReference(publisher);
        }
    }

    [Fact]
    public async Task A_flush_after_the_end_ends()
    {
        var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddSingleton<IDataBackplane>(new RecordingBackplane()));
        var publisher = fixture.Get<IEventPublisher>();
        await publisher.PublishAsync(SampleEvents.Exposure);
        await fixture.DisposeAsync();

        await publisher.FlushAsync();
    }

    [Fact]
    public async Task Host_and_container_share_the_time_that_a_stuck_destination_takes()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var fixture = DataPlaneFixture.Bare(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1), services => services.AddSingleton<IDataBackplane>(stuck));
        var drops = fixture.Get<DropLedger>();
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);

        var begun = fixture.Time.GetUtcNow();
        await fixture.Time.AdvanceUntil(fixture.Get<IHostedService>().StopAsync(TestContext.Current.CancellationToken));
        Assert.InRange(fixture.Time.GetUtcNow() - begun, TimeSpan.FromMinutes(1), TimeSpan.MaxValue);
        begun = fixture.Time.GetUtcNow();
        var end = fixture.Services.DisposeAsync().AsTask();
        await fixture.Time.AdvanceUntil(() => end.IsCompleted || fixture.Time.GetUtcNow() - begun > TimeSpan.FromSeconds(30));

        // A tenth of the minute, and not all of it once more.
        Assert.True(end.IsCompleted);
        Assert.Equal(1, drops.Lost);
        stuck.Gate.SetResult();
    }

    [Fact]
    public async Task No_time_to_shut_down_counts_what_is_queued()
    {
        var stuck = new RecordingBackplane { Gate = new TaskCompletionSource() };
        var fixture = DataPlaneFixture.Bare(options => options.ShutdownTimeout = TimeSpan.Zero, services => services.AddSingleton<IDataBackplane>(stuck));
        var drops = fixture.Get<DropLedger>();
        await fixture.Get<IEventPublisher>().PublishAsync(SampleEvents.Exposure);

        await fixture.DisposeAsync();

        Assert.Equal(1, drops.Lost);
        stuck.Gate.SetResult();
    }

    /// <summary>A log that says when a message comes.</summary>
    private sealed class Watched : ILoggerProvider, ILogger
    {
        public Action<int> Logging { get; set; } = _ => { };

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Logging(eventId.Id);

        public void Dispose()
        {
        }
    }
}
