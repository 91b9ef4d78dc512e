using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>Rule 13: who lives how long, and who disposes what.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public async Task The_proxy_is_a_singleton_where_everything_it_holds_is()
    {
        await using var lab = Greeting(services => services.AddSingleton<Hello>().AddSingleton<Bonjour>()
            .AddSingleton<ISubjectIdentityProvider>(new FixedSubject("s")));

        await using var one = lab.Services.CreateAsyncScope();
        await using var other = lab.Services.CreateAsyncScope();

        Assert.Same(one.ServiceProvider.GetRequiredService<IGreeter>(), other.ServiceProvider.GetRequiredService<IGreeter>());
    }

    public static TheoryData<string> ShorterLived => ["scoped variant", "transient variant", "scoped provider", "unregistered variant"];

    [Theory]
    [MemberData(nameof(ShorterLived))]
    public async Task The_proxy_is_scoped_where_anything_it_holds_is_not_a_singleton(string what)
    {
        await using var lab = Greeting(services => _ = what switch
        {
            "scoped variant" => services.AddSingleton<Hello>().AddScoped<Bonjour>(),
            "transient variant" => services.AddSingleton<Hello>().AddTransient<Bonjour>(),
            "scoped provider" => services.AddSingleton<Hello>().AddSingleton<Bonjour>().AddScoped<ISubjectIdentityProvider>(_ => new FixedSubject("s")),
            _ => services.AddSingleton<Hello>(),
        });

        await using var one = lab.Services.CreateAsyncScope();
        await using var other = lab.Services.CreateAsyncScope();
        var inOne = one.ServiceProvider.GetRequiredService<IGreeter>();

        Assert.Same(inOne, one.ServiceProvider.GetRequiredService<IGreeter>());
        Assert.NotSame(inOne, other.ServiceProvider.GetRequiredService<IGreeter>());
        Assert.Throws<InvalidOperationException>(() => lab.Services.GetRequiredService<IGreeter>());
    }

    [Fact]
    public async Task A_variant_registered_only_as_the_service_keeps_that_lifetime()
    {
        await using var lab = Greeting(services => services.AddSingleton<IGreeter, Hello>().AddSingleton<Bonjour>());

        Assert.NotNull(lab.Get<IGreeter>());
        Assert.Single(lab.Services.GetServices<IGreeter>());
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

    [Fact]
    public async Task A_scoped_selector_is_an_error_that_names_it()
    {
        await using var lab = Lab.Greeting(
            trial => trial.Using<FixedSelector>(), services: services => services.AddScoped(_ => new FixedSelector("b")));

        var error = Assert.Throws<InvalidOperationException>(() => lab.Get<IGreeter>());

        Assert.Contains("FixedSelector is registered as Scoped", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variants_are_resolved_when_they_are_first_served_and_once_per_proxy()
    {
        var created = new List<string>();
        await using var lab = Greeting(services => services
            .AddTransient(_ => Note(new Hello(), "control"))
            .AddTransient(_ => Note(new Bonjour(), "b")));
        await using var scope = lab.Services.CreateAsyncScope();

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
        await using (var lab = Closing(disposals, lifetime))
        {
            await using var scope = lab.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<IClosing>().Use("u1");
            scope.ServiceProvider.GetRequiredKeyedService<IClosing>("closing").Use("u1");
        }

        Assert.Equal(1, disposals.Synchronous + disposals.Asynchronous);
    }

    [Fact]
    public async Task A_proxy_that_was_never_called_disposes_nothing()
    {
        var disposals = new Disposals();
        await using (var lab = Closing(disposals, ServiceLifetime.Scoped))
        {
            await using var scope = lab.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<IClosing>();
        }

        Assert.Equal(0, disposals.Synchronous + disposals.Asynchronous);
    }

    [Fact]
    public async Task Disposing_the_proxy_by_hand_disposes_the_variant_that_was_served()
    {
        var disposals = new Disposals();
        await using var lab = Closing(disposals, ServiceLifetime.Singleton);
        var closing = lab.Get<IClosing>();
        closing.Use("u1");

        closing.Dispose();
        Assert.Equal((1, 0), (disposals.Synchronous, disposals.Asynchronous));

        await closing.DisposeAsync();
        Assert.Equal((1, 1), (disposals.Synchronous, disposals.Asynchronous));
        Assert.Single(lab.Exposures);
    }

    private static Lab Greeting(Action<IServiceCollection> services) => Lab.With(
        builder => builder.Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b"))),
        services: services);

    private static Lab Closing(Disposals disposals, ServiceLifetime lifetime) => Lab.With(
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
