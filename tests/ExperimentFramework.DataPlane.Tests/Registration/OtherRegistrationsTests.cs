using ExperimentFramework.DataPlane.Tests.Exposure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>What else is registered of an interface whose exposures are logged.</summary>
public sealed class OtherRegistrationsTests
{
    private readonly FixedSelector _flags = new("blue");

    [Theory]
    [InlineData(ServiceLifetime.Singleton)]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Transient)]
    public async Task The_last_registration_is_decorated_in_its_place_and_the_others_stay(ServiceLifetime lifetime)
    {
        var services = Services();
        services.Add(ServiceDescriptor.Describe(typeof(IGreeter), typeof(Hello), lifetime));
        services.Add(ServiceDescriptor.Describe(typeof(IGreeter), typeof(Bonjour), lifetime));
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags));
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();

        var all = scope.ServiceProvider.GetServices<IGreeter>().ToArray();

        Assert.Equal(["hello", "bonjour"], all.Select(greeter => greeter.Greet("u")));
        Assert.Equal("bonjour", scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u"));
        Assert.Equal(2, Exposures(provider).Count);
    }

    [Fact]
    public async Task What_is_registered_between_and_after_keeps_its_place()
    {
        var services = Services();
        services.AddSingleton<IGreeter, Hello>().AddSingleton<INumbered, Numbered>().AddSingleton<IGreeter, Bonjour>();
        var before = services.Select(descriptor => descriptor.ServiceType).ToArray();
        services.AddSingleton<VariantLog>();
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(before, services.Take(before.Length).Select(descriptor => descriptor.ServiceType));
        Assert.IsType<Hello>(provider.GetServices<IGreeter>().First());
    }

    [Fact]
    public async Task Siblings_under_the_same_key_and_under_others_stay()
    {
        var services = Services();
        services
            .AddSingleton<IGreeter, Hello>()
            .AddKeyedSingleton<IGreeter, Hello>("k")
            .AddKeyedSingleton<IGreeter, Bonjour>("k")
            .AddKeyedSingleton<IGreeter, Hello>("other");
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags), "k");
        await using var provider = services.BuildServiceProvider();

        Assert.Equal(["hello", "bonjour"], provider.GetKeyedServices<IGreeter>("k").Select(greeter => greeter.Greet("u")));
        Assert.Single(Exposures(provider));
        Assert.IsType<Hello>(Assert.Single(provider.GetServices<IGreeter>()));
        Assert.IsType<Hello>(provider.GetRequiredKeyedService<IGreeter>("other"));
    }

    [Fact]
    public async Task Two_of_several_registrations_can_be_decorated_one_by_one_under_keys()
    {
        var services = Services();
        services.AddKeyedSingleton<IGreeter, Hello>("a").AddKeyedSingleton<IGreeter, Bonjour>("b");
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags).Named("first"), "a");
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags).Named("second"), "b");
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredKeyedService<IGreeter>("a").Greet("u");
        provider.GetRequiredKeyedService<IGreeter>("b").Greet("u");

        Assert.Equal(["first", "second"], Exposures(provider).Select(exposure => exposure.ExperimentName));
    }

    [Fact]
    public async Task An_open_generic_registration_is_decorated_for_the_closed_type_and_stays_for_others()
    {
        var services = Services();
        services.AddSingleton(typeof(IBox<>), typeof(Box<>));
        services.AddExposureLogging<IBox<string>>(exposures => exposures.Using(_flags));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("String", provider.GetRequiredService<IBox<string>>().Open("u"));
        Assert.Equal("String", provider.GetRequiredService<IBox<string>>().Open("u"));
        Assert.Equal("Int32", provider.GetRequiredService<IBox<int>>().Open("u"));

        Assert.Equal(2, Exposures(provider).Count);
        Assert.IsType<Box<int>>(provider.GetRequiredService<IBox<int>>());
    }

    [Fact]
    public async Task A_trial_says_what_it_drops()
    {
        await using var fixture = Started(services => services
            .AddSingleton<IGreeter, Hello>()
            .AddSingleton<IGreeter, Good>()
            .AddSingleton<IGreeter>(new Polite())
            .AddSingleton<IGreeter, Bonjour>());
        await ExperimentHost.StartAsync(fixture);

        var dropped = fixture.Logs.Where(record => record.Id.Id == 57).ToArray();
        Assert.Equal(
            [
                $"Experiment greeting replaces the registration of {typeof(IGreeter)} as {typeof(Good)}, which is not one of its variants and is no longer served. Add it as a variant, or remove its registration.",
                $"Experiment greeting replaces the registration of {typeof(IGreeter)} as an instance of {typeof(Polite)}, which is not one of its variants and is no longer served. Add it as a variant, or remove its registration.",
            ],
            dropped.Select(record => record.Message));
        Assert.All(dropped, record => Assert.Equal(LogLevel.Warning, record.Level));
        Assert.Single(fixture.Services.GetServices<IGreeter>());
    }

    [Fact]
    public async Task A_trial_that_drops_nothing_says_nothing()
    {
        await using var fixture = Started(services => services.AddSingleton<IGreeter, Hello>().AddSingleton<IGreeter>(new Bonjour()));
        await ExperimentHost.StartAsync(fixture);

        Assert.DoesNotContain(fixture.Logs, record => record.Id.Id is 57 or 58);
    }

    [Fact]
    public async Task What_a_factory_made_may_be_a_variant_and_is_only_mentioned()
    {
        await using var fixture = Started(services => services.AddSingleton<IGreeter>(_ => new Good()));
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal(LogLevel.Information, Assert.Single(fixture.Logs, record => record.Id.Id is 57 or 58).Level);
    }

    [Fact]
    public async Task A_named_trial_beside_a_plain_one_drops_nothing()
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments
                .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b"))
                .Trial<IGreeter>("second", trial => trial.AddControl<Hello>().AddVariant<Good>("good")),
            services: services => services.AddSingleton<IGreeter, Hello>());
        await ExperimentHost.StartAsync(fixture);

        Assert.DoesNotContain(fixture.Logs, record => record.Id.Id is 57 or 58);
    }

    [Fact]
    public async Task A_plain_trial_after_a_named_one_takes_its_place_and_drops_nothing()
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments
                .Trial<IGreeter>("first", trial => trial.AddControl<Hello>().AddVariant<Good>("good"))
                .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")),
            services: services => services.AddSingleton<IGreeter, Hello>().AddSingleton<Good>().AddSingleton<Bonjour>());
        await ExperimentHost.StartAsync(fixture);

        Assert.DoesNotContain(fixture.Logs, record => record.Id.Id is 57 or 58);
        fixture.Get<IGreeter>().Greet("u");
        Assert.Equal("greeting", Assert.Single(fixture.Exposures).ExperimentName);
        Assert.Single(fixture.Services.GetServices<IExposureLogger<IGreeter>>());
    }

    [Fact]
    public async Task A_named_trial_beside_a_decorated_registration_drops_none_of_the_others()
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Trial<IGreeter>("second", trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")),
            services: services => services
                .AddSingleton<IGreeter, Good>().AddSingleton<IGreeter, Polite>()
                .AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags)));
        await ExperimentHost.StartAsync(fixture);

        Assert.DoesNotContain(fixture.Logs, record => record.Id.Id is 57 or 58);
        Assert.Equal(2, fixture.Services.GetServices<IGreeter>().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_registration_under_the_name_of_an_experiment_is_refused_at_the_start(bool isBefore)
    {
        var services = Services();
        Action register = () => services.AddKeyedSingleton<IGreeter, Good>("second");
        var steps = new[] { register, () => services.AddSingleton<IGreeter, Hello>().AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags).Named("second")) };
        Array.ForEach(isBefore ? steps : [.. steps.Reverse()], step => step());
        await using var provider = services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ExperimentHost.StartAsync(provider));

        Assert.Equal(
            $"Experiment 'second' cannot start: {typeof(IGreeter)} is also registered with the key 'second' ({typeof(Good)}), which is the experiment's name. The proxy is a keyed service under that name, so one of the two would hide the other. Register {typeof(Good)} with another key, or give the experiment another name with Trial<T>(name, ...) or Named(name).",
            error.Message);
    }

    [Fact]
    public async Task A_trial_does_not_hide_what_is_registered_under_its_name()
    {
        await using var fixture = Started(services => services.AddKeyedSingleton<IGreeter>("greeting", new Good()));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ExperimentHost.StartAsync(fixture));

        Assert.Contains($"registered with the key 'greeting' (an instance of {typeof(Good)})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stub_may_replace_the_proxy_under_the_name_and_other_types_may_have_the_name_as_their_key()
    {
        var services = Services();
        services.AddSingleton<IGreeter, Hello>().AddKeyedSingleton<INumbered, Numbered>("second").AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags).Named("second"));
        services.RemoveAllKeyed<IGreeter>("second").AddKeyedSingleton<IGreeter, Good>("second");
        await using var provider = services.BuildServiceProvider();

        await ExperimentHost.StartAsync(provider);

        Assert.IsType<Good>(provider.GetRequiredKeyedService<IGreeter>("second"));
    }

    [Fact]
    public async Task A_decorated_singleton_is_scoped_where_subjects_are()
    {
        var services = Services();
        services.AddSingleton<IGreeter, Hello>().AddScoped<ISubjectIdentityProvider>(_ => new FixedSubject("u"));
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags));
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();

        scope.ServiceProvider.GetRequiredService<IGreeter>().GreetSomeone();

        Assert.Equal("u", Assert.Single(Exposures(provider)).SubjectId);
        Assert.Throws<InvalidOperationException>(provider.GetRequiredService<IGreeter>);
    }

    [Fact]
    public async Task A_decorated_transient_is_one_in_its_scope_where_exposures_are_logged_by_hand()
    {
        var services = Services();
        services.AddTransient<IGreeter, Hello>();
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags).WithSemantics(ExposureSemantics.Explicit));
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();

        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u");

        Assert.True(await scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>().LogExposureAsync("u"));
        Assert.Single(Exposures(provider));
    }

    private static DataPlaneFixture Started(Action<IServiceCollection> services) => DataPlaneFixture.Greeting(_ => { }, services: services);

    private static IServiceCollection Services()
    {
        IServiceCollection services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging());
        services.AddInMemoryDataBackplane();
        return services;
    }

    private static List<ExposureEvent> Exposures(IServiceProvider provider) =>
        [.. provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>()];

    private sealed class Good : Hello;

    private sealed class Polite : Bonjour;
}

[ExposureLogged("box")]
public interface IBox<T>
{
    string Open([ExposureSubject("user")] string user);
}

public sealed class Box<T> : IBox<T>
{
    public string Open(string user) => typeof(T).Name;
}
