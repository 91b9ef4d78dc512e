using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>No lock is held while the container creates a variant, so whoever meets a proxy there gets through.</summary>
public sealed class FirstCallTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_variant_that_is_being_created_does_not_hold_up_another()
    {
        using var controlServed = new ManualResetEventSlim();
        using var creating = new ManualResetEventSlim();
        var wasServed = false;
        await using var fixture = Greeting(services => services.AddTransient<Hello>().AddTransient(_ =>
        {
            creating.Set();
            wasServed = controlServed.Wait(Limit);
            return new Bonjour();
        }));
        await using var scope = fixture.Scope();
        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        var other = Started(() => greeter.Greet("b"));

        Assert.True(creating.Wait(Limit));
        Assert.Equal("hello", greeter.Greet("control"));
        controlServed.Set();
        Assert.True(other.Join(Limit));

        Assert.True(wasServed);
    }

    [Fact]
    public async Task A_variant_that_calls_the_proxy_while_it_is_created_is_served_control()
    {
        await using var fixture = Greeting(services => services.AddScoped<Hello>().AddScoped(provider =>
        {
            Assert.Equal("hello", provider.GetRequiredService<IGreeter>().Greet("control"));
            return new Bonjour();
        }));
        await using var scope = fixture.Scope();

        Assert.Equal("bonjour", scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("b"));
    }

    [Theory]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Singleton)]
    public async Task A_service_that_calls_the_proxy_while_it_is_created_meets_a_first_call_on_another_thread(ServiceLifetime lifetime)
    {
        for (var round = 0; round < 20; round++)
        {
            using var creating = new ManualResetEventSlim();
            using var deciding = new ManualResetEventSlim();
            var selector = new SubjectIsVariant { Decided = deciding };
            var fixture = Greeting(
                services =>
                {
                    services.Add(ServiceDescriptor.Describe(typeof(Page), provider =>
                    {
                        creating.Set();
                        deciding.Wait(Limit);
                        Thread.Yield();
                        return new Page(provider.GetRequiredService<IGreeter>().Greet("control"));
                    }, lifetime));
                    services.Add(ServiceDescriptor.Describe(typeof(Hello), typeof(Hello), lifetime));
                    services.Add(ServiceDescriptor.Describe(typeof(Bonjour), provider =>
                    {
                        provider.GetRequiredService<Page>();
                        return new Bonjour();
                    }, lifetime));
                },
                selector);
            var scope = fixture.Scope();
            var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();

            var resolves = Started(() => scope.ServiceProvider.GetRequiredService<Page>());
            Assert.True(creating.Wait(Limit));
            var calls = Started(() => greeter.Greet("b"));
            Assert.True(resolves.Join(Limit));
            Assert.True(calls.Join(Limit));

            // Only now: what is deadlocked cannot be disposed.
            await scope.DisposeAsync();
            await fixture.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(ServiceLifetime.Singleton, 1)]
    [InlineData(ServiceLifetime.Scoped, 1)]
    [InlineData(ServiceLifetime.Transient, Threads)]
    public async Task Threads_that_meet_at_a_first_call_stay_on_one_instance_and_all_that_were_created_are_disposed(ServiceLifetime lifetime, int atMost)
    {
        var log = new VariantLog();
        var fixture = DataPlaneFixture.With(
            builder => builder.Trial<INumbered>(trial => trial.AddControl<Numbered>()),
            services: services => services.AddSingleton(log).Add(ServiceDescriptor.Describe(typeof(Numbered), typeof(Numbered), lifetime)));
        var scope = fixture.Scope();
        var service = scope.ServiceProvider.GetRequiredService<INumbered>();
        using var round = new Barrier(Threads);
        var answers = new int[Threads];

        var threads = Enumerable.Range(0, Threads).Select(i => Started(() =>
        {
            round.SignalAndWait(Limit);
            service.Answer("u");
            answers[i] = service.Answer("u");
        })).ToList();
        Assert.All(threads, thread => Assert.True(thread.Join(Limit)));
        await scope.DisposeAsync();
        await fixture.DisposeAsync();

        Assert.Single(answers.Distinct());
        Assert.InRange(log.Created, 1, atMost);
        Assert.Equal(log.Created, log.Disposed);
    }

    [Fact]
    public async Task A_stream_that_two_enumerate_is_called_once_and_neither_holds_the_other()
    {
        var calls = 0;
        var other = Task.CompletedTask;
        DeferredStream<int, int> stream = null!;
        stream = new DeferredStream<int, int>(Task.CompletedTask, slot: null, state: 0, _ =>
        {
            calls++;
            using var begun = new ManualResetEventSlim();
            var second = Started(() =>
            {
                other = Sum();
                begun.Set();
            });
            Assert.True(begun.Wait(Limit));
            Assert.True(second.Join(Limit));
            return Items();
        });

        Assert.Equal(3, await Sum());
        Assert.Equal(3, await (Task<int>)other);
        Assert.Equal(1, calls);

        async Task<int> Sum()
        {
            var sum = 0;
            await foreach (var item in stream)
            {
                sum += item;
            }

            return sum;
        }

        static async IAsyncEnumerable<int> Items()
        {
            yield return 1;
            await Task.Yield();
            yield return 2;
        }
    }

    [Fact]
    public async Task A_stream_whose_call_throws_is_called_anew_by_the_next_enumeration()
    {
        var calls = 0;
        var stream = new DeferredStream<int, int>(
            Task.CompletedTask, slot: null, state: 0, _ => ++calls == 1 ? throw new InvalidOperationException("not yet") : null);

        await Assert.ThrowsAsync<InvalidOperationException>(() => First(stream).AsTask());
        Assert.False(await First(stream));
        Assert.False(await First(stream));

        Assert.Equal(2, calls);

        static async ValueTask<bool> First(DeferredStream<int, int> stream)
        {
            await using var items = stream.GetAsyncEnumerator(TestContext.Current.CancellationToken);
            return await items.MoveNextAsync();
        }
    }

    private const int Threads = 8;

    private static DataPlaneFixture Greeting(Action<IServiceCollection> services, SubjectIsVariant? selector = null) => DataPlaneFixture.With(
        experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(selector ?? new SubjectIsVariant())),
        services: services);

    private static Thread Started(Action action)
    {
        var thread = new Thread(() => action()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private sealed record Page(string Text);

    private sealed class SubjectIsVariant : IVariantSelector
    {
        public ManualResetEventSlim? Decided { get; init; }

        public VariantSelection Select(in SelectionContext context)
        {
            if (context.SubjectId == "b")
            {
                Decided?.Set();
            }

            return new VariantSelection(context.SubjectId!, "named");
        }
    }
}

[ExposureLogged("numbered")]
public interface INumbered
{
    int Answer([ExposureSubject("user")] string user);
}

/// <summary>How many variants the container created, and disposed.</summary>
internal sealed class VariantLog
{
    private int _created;
    private int _disposed;

    public int Created => _created;

    public int Disposed => _disposed;

    public int Create() => Interlocked.Increment(ref _created);

    public void Dispose() => Interlocked.Increment(ref _disposed);
}

internal sealed class Numbered(VariantLog log) : INumbered, IDisposable
{
    private readonly int _number = log.Create();

    public int Answer(string user) => _number;

    public void Dispose() => log.Dispose();
}
