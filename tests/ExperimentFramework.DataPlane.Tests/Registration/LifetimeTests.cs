using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>Guarantee 13 (docs/concepts/guarantees.md): lifetimes and disposal.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public async Task The_proxy_is_a_singleton_where_everything_it_holds_is()
    {
        await using var fixture = Greeting(services => services.AddSingleton<Hello>().AddSingleton<Bonjour>()
            .AddSingleton<ISubjectIdentityProvider>(new FixedSubject("s")));

        await using var one = fixture.Services.CreateAsyncScope();
        await using var other = fixture.Services.CreateAsyncScope();

        Assert.Same(one.ServiceProvider.GetRequiredService<IGreeter>(), other.ServiceProvider.GetRequiredService<IGreeter>());
    }

    public static TheoryData<string> ShorterLived => ["scoped variant", "transient variant", "scoped provider", "unregistered variant"];

    [Theory]
    [MemberData(nameof(ShorterLived))]
    public async Task The_proxy_is_scoped_where_anything_it_holds_is_not_a_singleton(string what)
    {
        await using var fixture = Greeting(services => _ = what switch
        {
            "scoped variant" => services.AddSingleton<Hello>().AddScoped<Bonjour>(),
            "transient variant" => services.AddSingleton<Hello>().AddTransient<Bonjour>(),
            "scoped provider" => services.AddSingleton<Hello>().AddSingleton<Bonjour>().AddScoped<ISubjectIdentityProvider>(_ => new FixedSubject("s")),
            _ => services.AddSingleton<Hello>(),
        });

        await using var one = fixture.Services.CreateAsyncScope();
        await using var other = fixture.Services.CreateAsyncScope();
        var inOne = one.ServiceProvider.GetRequiredService<IGreeter>();

        Assert.Same(inOne, one.ServiceProvider.GetRequiredService<IGreeter>());
        Assert.NotSame(inOne, other.ServiceProvider.GetRequiredService<IGreeter>());
        Assert.Throws<InvalidOperationException>(() => fixture.Services.GetRequiredService<IGreeter>());
    }

    [Fact]
    public async Task A_variant_registered_only_as_the_service_keeps_that_lifetime()
    {
        await using var fixture = Greeting(services => services.AddSingleton<IGreeter, Hello>().AddSingleton<Bonjour>());

        Assert.NotNull(fixture.Get<IGreeter>());
        Assert.Single(fixture.Services.GetServices<IGreeter>());
    }

    [Fact]
    public async Task A_scoped_provider_registered_too_late_is_an_error_at_start_up_that_names_it()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Hello>().AddSingleton<Bonjour>();
        builder.Services.AddInMemoryDataBackplane();
        builder.Services.AddExperimentFramework(experiments => experiments.WithExposureLogging()
            .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")));
        builder.Services.AddScoped<ISubjectIdentityProvider>(_ => new FixedSubject("s"));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("'greeting'", error.Message, StringComparison.Ordinal);
        Assert.Contains("ISubjectIdentityProvider is registered as Scoped", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Transient)]
    public async Task A_selector_that_is_no_singleton_is_an_error_that_names_it(ServiceLifetime lifetime)
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using<FixedSelector>(),
            services: services => services.Add(ServiceDescriptor.Describe(typeof(FixedSelector), _ => new FixedSelector("b"), lifetime)));

        var error = Assert.Throws<InvalidOperationException>(() => fixture.Get<IGreeter>());

        Assert.Contains($"FixedSelector is registered as {lifetime}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variants_are_resolved_when_they_are_first_served_and_once_per_proxy()
    {
        var created = new List<string>();
        await using var fixture = Greeting(services => services
            .AddTransient(_ => Note(new Hello(), "control"))
            .AddTransient(_ => Note(new Bonjour(), "b")));
        await using var scope = fixture.Services.CreateAsyncScope();

        var greeter = scope.ServiceProvider.GetRequiredService<IGreeter>();
        Assert.Empty(created);
        greeter.Greet("u1");
        greeter.Greet("u2");

        Assert.Equal(["b"], created);

        T Note<T>(T instance, string key)
        {
            created.Add(key);
            return instance;
        }
    }

    [Theory]
    [InlineData(ServiceLifetime.Singleton)]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Transient)]
    public async Task The_container_disposes_a_variant_exactly_once(ServiceLifetime lifetime)
    {
        var disposals = new Disposals();
        await using (var fixture = Closing(disposals, lifetime))
        {
            await using var scope = fixture.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<IClosing>().Use("u1");
            scope.ServiceProvider.GetRequiredKeyedService<IClosing>("closing").Use("u1");
            await using var other = fixture.Services.CreateAsyncScope();
            other.ServiceProvider.GetRequiredKeyedService<IClosing>("closing").Use("u1");
            other.ServiceProvider.GetRequiredService<IClosing>().Use("u1");
        }

        Assert.Equal(lifetime == ServiceLifetime.Singleton ? 1 : 2, disposals.Synchronous + disposals.Asynchronous);
    }

    [Fact]
    public async Task A_proxy_that_was_never_called_disposes_nothing()
    {
        var disposals = new Disposals();
        await using (var fixture = Closing(disposals, ServiceLifetime.Scoped))
        {
            await using var scope = fixture.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<IClosing>();
        }

        Assert.Equal(0, disposals.Synchronous + disposals.Asynchronous);
    }

    [Fact]
    public async Task A_proxy_that_was_never_called_asks_nobody_when_its_scope_ends()
    {
        var provider = new FixedSubject("s");
        await using (var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IClosing>(trial => trial.AddControl<Closing>().Using(new FuncSelector(() => throw new InvalidOperationException("asked")))),
            services: services => services.AddSingleton(new Disposals()).AddScoped<Closing>().AddSingleton<ISubjectIdentityProvider>(provider)))
        {
            await using (var scope = fixture.Scope())
            {
                scope.ServiceProvider.GetRequiredService<IClosing>();
            }

            Assert.DoesNotContain(fixture.Logs, record => record.Level == Microsoft.Extensions.Logging.LogLevel.Error);
        }
    }

    [Fact]
    public async Task Disposing_a_proxy_that_was_never_called_reaches_the_variant_it_would_serve()
    {
        var disposals = new Disposals();
        await using var fixture = Closing(disposals, ServiceLifetime.Singleton);

        fixture.Get<IClosing>().Dispose();

        Assert.Equal(1, disposals.Synchronous);
    }

    [Fact]
    public async Task One_implementation_under_two_keys_is_disposed_once()
    {
        var disposals = new Disposals();
        var calls = 0;
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IClosing>(trial => trial
                .AddControl<Closing>().AddVariant<Closing>("a2").Using(new FuncSelector(() => calls++ == 0 ? "control" : "a2"))),
            services: services => services.AddSingleton(disposals).AddSingleton<Closing>());
        var closing = fixture.Get<IClosing>();
        closing.Use("u1");
        closing.Use("u2");

        closing.Dispose();

        Assert.Equal(1, disposals.Synchronous);
    }

    [Fact]
    public async Task An_instance_registered_as_the_service_is_the_variant()
    {
        var hello = new Hello();
        await using var fixture = Greeting(services => services.AddSingleton<IGreeter>(hello).AddSingleton<Bonjour>());

        Assert.NotNull(fixture.Get<IGreeter>());
        Assert.Same(hello, fixture.Get<Hello>());
    }

    [Fact]
    public async Task An_open_generic_registration_of_a_variant_is_kept()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IGeneric<string>>(trial => trial.AddControl<Generic<string>>()),
            services: services => services.AddSingleton(typeof(Generic<>)));

        Assert.NotNull(fixture.Get<IGeneric<string>>());
        Assert.Same(fixture.Get<Generic<string>>(), fixture.Get<Generic<string>>());
    }

    [Fact]
    public async Task An_open_generic_variant_that_is_scoped_makes_the_proxy_scoped()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IGeneric<string>>(trial => trial.AddControl<Generic<string>>()),
            services: services => services.AddScoped(typeof(Generic<>)));
        await using var scope = fixture.Scope();

        Assert.NotNull(scope.ServiceProvider.GetRequiredService<IGeneric<string>>());
        Assert.Throws<InvalidOperationException>(fixture.Get<IGeneric<string>>);
    }

    [Fact]
    public async Task Two_experiments_on_one_interface_do_not_disturb_each_others_variants()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder
                .Trial<IGreeter>("one", trial => trial.AddControl<Hello>())
                .Trial<IGreeter>("two", trial => trial.AddControl<Bonjour>()),
            services: services => services.AddSingleton<IGreeter, Hello>().AddSingleton<IGreeter, Bonjour>());

        Assert.Equal("hello", fixture.Services.GetRequiredKeyedService<IGreeter>("one").Greet("u1"));
        Assert.Equal("bonjour", fixture.Services.GetRequiredKeyedService<IGreeter>("two").Greet("u1"));
        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal(["one", "two", "one"], fixture.Exposures.Select(exposure => exposure.ExperimentName));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_named_experiment_leaves_the_service_itself_to_the_plain_one(bool namedFirst)
    {
        await using var fixture = DataPlaneFixture.With(
            builder =>
            {
                if (namedFirst)
                {
                    builder.Trial<IGreeter>("pilot", trial => trial.AddControl<Bonjour>());
                }

                builder.Trial<IGreeter>(trial => trial.AddControl<Hello>());
                if (!namedFirst)
                {
                    builder.Trial<IGreeter>("pilot", trial => trial.AddControl<Bonjour>());
                }
            },
            services: services => services.AddSingleton<Hello>().AddSingleton<Bonjour>());

        Assert.Equal("hello", fixture.Get<IGreeter>().Greet("u1"));
        Assert.Equal("bonjour", fixture.Services.GetRequiredKeyedService<IGreeter>("pilot").Greet("u1"));
    }

    [Fact]
    public async Task A_variant_may_be_registered_under_a_key()
    {
        await using var fixture = DataPlaneFixture.With(
            builder => builder.Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b", serviceKey: "paris").Using(new FixedSelector("b"))),
            services: services => services.AddSingleton<Hello>().AddKeyedSingleton<Bonjour>("paris"));

        Assert.Equal("bonjour", fixture.Get<IGreeter>().Greet("u1"));
    }

    [Fact]
    public async Task Disposing_the_proxy_by_hand_disposes_the_variant_that_was_served()
    {
        var disposals = new Disposals();
        await using var fixture = Closing(disposals, ServiceLifetime.Singleton);
        var closing = fixture.Get<IClosing>();
        closing.Use("u1");

        closing.Dispose();
        Assert.Equal((1, 0), (disposals.Synchronous, disposals.Asynchronous));

        await closing.DisposeAsync();
        Assert.Equal((1, 1), (disposals.Synchronous, disposals.Asynchronous));
        Assert.Single(fixture.Exposures);
    }

    private static DataPlaneFixture Greeting(Action<IServiceCollection> services) => DataPlaneFixture.With(
        builder => builder.Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b"))),
        services: services);

    private static DataPlaneFixture Closing(Disposals disposals, ServiceLifetime lifetime) => DataPlaneFixture.With(
        builder => builder.Trial<IClosing>(trial => trial.AddControl<Closing>()),
        services: services =>
        {
            services.AddSingleton(disposals);
            services.Add(ServiceDescriptor.Describe(typeof(Closing), typeof(Closing), lifetime));
        });
}

public sealed class Disposals
{
    public int Synchronous { get; set; }

    public int Asynchronous { get; set; }
}

[ExposureLogged("closing")]
public interface IClosing : IDisposable, IAsyncDisposable
{
    void Use([ExposureSubject] string subject);
}

public sealed class Closing(Disposals disposals) : IClosing
{
    public void Use(string subject)
    {
    }

    public void Dispose() => disposals.Synchronous++;

    public ValueTask DisposeAsync()
    {
        disposals.Asynchronous++;
        return ValueTask.CompletedTask;
    }
}

[ExposureLogged]
public interface IGeneric<T>
{
    void Use([ExposureSubject] string subject);
}

public sealed class Generic<T> : IGeneric<T>
{
    public void Use(string subject)
    {
    }
}
