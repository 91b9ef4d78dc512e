using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>Exposure logging for a service that chooses its variant itself.</summary>
public sealed class AddExposureLoggingTests
{
    private readonly FixedSelector _flags = new("blue");

    [Theory]
    [InlineData("type")]
    [InlineData("factory")]
    [InlineData("instance")]
    public async Task The_registered_service_goes_on_serving_and_each_call_is_exposed(string how)
    {
        await using var provider = Provider(services => _ = how switch
        {
            "type" => services.AddSingleton<IGreeter, Hello>(),
            "factory" => services.AddSingleton<IGreeter>(_ => new Hello()),
            _ => services.AddSingleton<IGreeter>(new Hello()),
        });
        var greeter = provider.GetRequiredService<IGreeter>();

        Assert.Equal("hello", greeter.Greet("u1"));
        _flags.Variant = "green";
        Assert.Equal("hello", greeter.Greet("u1"));

        var exposures = Exposures(provider);
        Assert.Equal(["blue", "green"], exposures.Select(exposure => exposure.VariantKey));
        Assert.All(exposures, exposure => Assert.Equal(("greeting", "fixed", "u1"), (exposure.ExperimentName, exposure.SelectionReason, exposure.SubjectId)));
        Assert.Equal(how == "factory" ? null : typeof(Hello).Module.ModuleVersionId, exposures[0].VariantBuild);
    }

    [Fact]
    public async Task A_selector_that_the_container_holds_reports_the_variant()
    {
        var services = Services();
        services.AddSingleton<IGreeter, Hello>().AddSingleton(_flags).AddExposureLogging<IGreeter>(exposures => exposures.Using<FixedSelector>());
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        provider.GetRequiredService<IGreeter>().Greet("u1");

        Assert.Equal("blue", Assert.Single(Exposures(provider)).VariantKey);
    }

    [Fact]
    public async Task The_start_warns_of_nothing()
    {
        await using var provider = Provider(services => services.AddLogging(logging => logging.AddFakeLogging()).AddSingleton<IGreeter, Hello>());

        await ExperimentHost.StartAsync(provider);

        Assert.DoesNotContain(provider.GetRequiredService<FakeLogCollector>().GetSnapshot(), record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Repeats_are_distinguished_by_variant()
    {
        await using var provider = Provider(
            services => services.AddSingleton<IGreeter, Hello>(), exposures => exposures.WithSemantics(ExposureSemantics.OnFirstUse));
        var greeter = provider.GetRequiredService<IGreeter>();

        foreach (var variant in new[] { "blue", "blue", "green", "blue" })
        {
            _flags.Variant = variant;
            greeter.Greet("u1");
        }

        Assert.Equal(["blue", "green", "blue"], Exposures(provider).Select(exposure => exposure.VariantKey));
    }

    [Fact]
    public async Task A_keyed_registration_is_decorated_under_its_key()
    {
        var services = Services();
        services.AddKeyedSingleton<IGreeter, Hello>("plain").AddKeyedSingleton<IGreeter, Bonjour>("french");
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(_flags).Named("french-greeting"), "french");
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("hello", provider.GetRequiredKeyedService<IGreeter>("plain").Greet("u1"));
        Assert.Empty(Exposures(provider));
        Assert.Equal("bonjour", provider.GetRequiredKeyedService<IGreeter>("french").Greet("u1"));
        Assert.Equal("french-greeting", Assert.Single(Exposures(provider)).ExperimentName);
    }

    [Theory]
    [InlineData(ServiceLifetime.Singleton)]
    [InlineData(ServiceLifetime.Scoped)]
    [InlineData(ServiceLifetime.Transient)]
    public async Task The_lifetime_stays_what_it_was(ServiceLifetime lifetime)
    {
        await using var provider = Provider(services => services.Add(ServiceDescriptor.Describe(typeof(IGreeter), typeof(Hello), lifetime)));
        await using var one = provider.CreateAsyncScope();
        await using var other = provider.CreateAsyncScope();
        var first = one.ServiceProvider.GetRequiredService<IGreeter>();

        Assert.Equal(lifetime != ServiceLifetime.Transient, ReferenceEquals(first, one.ServiceProvider.GetRequiredService<IGreeter>()));
        Assert.Equal(lifetime == ServiceLifetime.Singleton, ReferenceEquals(first, other.ServiceProvider.GetRequiredService<IGreeter>()));
    }

    [Fact]
    public async Task Exposures_can_be_logged_by_hand()
    {
        await using var provider = Provider(
            services => services.AddSingleton<IGreeter, Hello>(), exposures => exposures.WithSemantics(ExposureSemantics.Explicit));
        await using var scope = provider.CreateAsyncScope();

        scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u1");
        Assert.Empty(Exposures(provider));
        Assert.True(await scope.ServiceProvider.GetRequiredService<IExposureLogger<IGreeter>>().LogExposureAsync("u1"));

        Assert.Equal("blue", Assert.Single(Exposures(provider)).VariantKey);
    }

    [Fact]
    public async Task A_sampling_rate_of_its_own_is_in_force()
    {
        await using var provider = Provider(services => services.AddSingleton<IGreeter, Hello>(), exposures => exposures.WithSamplingRate(0));

        provider.GetRequiredService<IGreeter>().Greet("u1");

        Assert.Empty(Exposures(provider));
    }

    [Fact]
    public async Task The_number_of_variants_is_bounded()
    {
        await using var provider = Provider(services => services.AddSingleton<IGreeter, Hello>());
        var greeter = provider.GetRequiredService<IGreeter>();

        for (var i = 0; i < 1_001; i++)
        {
            _flags.Variant = $"v{i}";
            greeter.Greet("u1");
        }

        Assert.Equal(("control", "unknown-variant"), (Exposures(provider)[^1].VariantKey, Exposures(provider)[^1].SelectionReason));
        Assert.Single(provider.GetRequiredService<FakeLogCollector>().GetSnapshot(), record => record.Level == LogLevel.Error);
    }

    [Fact]
    public void A_wrong_set_up_is_refused_with_the_remedy()
    {
        Assert.Contains("IGreeter is not registered. Register it before AddExposureLogging.", Error(_ => { }, exposures => exposures.Using(_flags)), StringComparison.Ordinal);
        Assert.Contains("No selector is set. Call Using(selector).", Error(services => services.AddSingleton<IGreeter, Hello>(), _ => { }), StringComparison.Ordinal);
        Assert.Contains(
            "WithSamplingRate is 2; it must be from 0 to 1.",
            Error(services => services.AddSingleton<IGreeter, Hello>(), exposures => exposures.Using(_flags).WithSamplingRate(2)),
            StringComparison.Ordinal);
        Assert.Contains(
            "begins or ends with white space",
            Error(services => services.AddSingleton<IGreeter, Hello>(), exposures => exposures.Using(_flags).Named(" x")),
            StringComparison.Ordinal);

        static string Error(Action<IServiceCollection> register, Action<ExposureLoggingBuilder<IGreeter>> configure)
        {
            var services = new ServiceCollection();
            register(services);
            return Assert.Throws<InvalidOperationException>(() => services.AddExposureLogging(configure)).Message;
        }
    }

    private static ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging());
        services.AddInMemoryDataBackplane();
        return services;
    }

    private static IReadOnlyList<ExposureEvent> Exposures(IServiceProvider provider) =>
        [.. provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>()];

    private ServiceProvider Provider(Action<IServiceCollection> register, Action<ExposureLoggingBuilder<IGreeter>>? configure = null)
    {
        var services = Services();
        register(services);
        services.AddExposureLogging<IGreeter>(exposures =>
        {
            exposures.Using(_flags);
            configure?.Invoke(exposures);
        });
        return services.BuildServiceProvider(validateScopes: true);
    }
}
