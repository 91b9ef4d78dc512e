using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>What happens to the service after the experiment was registered: by a test host, or a library that decorates.</summary>
public sealed class ReplacedProxyTests
{
    [Fact]
    public async Task A_stub_is_served_once_the_proxy_was_removed_and_the_log_says_so()
    {
        var services = Greeting();
        services.RemoveAll<IGreeter>();
        services.AddSingleton<IGreeter>(new Stub());
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        await Start(provider);

        Assert.Equal("stub", provider.GetRequiredService<IGreeter>().Greet("u"));
        Assert.Equal(
            $"Experiment greeting: its proxy of {typeof(IGreeter)} was removed after it was registered, and an instance of {typeof(Stub)} is resolved instead. Calls are recorded only if the proxy is resolved as a keyed service with the experiment's name.",
            Single(provider, 47, LogLevel.Warning));
        Assert.Equal("bonjour", provider.GetRequiredKeyedService<IGreeter>("greeting").Greet("u"));
    }

    [Fact]
    public async Task Other_experiments_and_keys_of_the_interface_are_no_sign_that_a_stub_decorates_the_proxy()
    {
        var services = Services();
        services.AddKeyedSingleton<IGreeter>("mine", (_, _) => new Hello());
        services.AddSingleton<Hello>().AddSingleton<Bonjour>();
        services.AddExperimentFramework(experiments => experiments.WithExposureLogging()
            .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b"))
            .Trial<IGreeter>("other", trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")));
        services.RemoveAll<IGreeter>();
        services.AddSingleton<IGreeter>(new Stub());
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        await Start(provider);

        var logs = provider.GetRequiredService<FakeLogCollector>().GetSnapshot();
        Assert.Contains(logs, record => record.Id.Id == 47 && record.Message.StartsWith("Experiment greeting:", StringComparison.Ordinal));
        Assert.DoesNotContain(logs, record => record.Id.Id == 68);
    }

    [Fact]
    public async Task A_stub_replaces_the_proxy_in_one_call()
    {
        var services = Greeting();
        services.Replace(ServiceDescriptor.Scoped<IGreeter, Stub>());
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();

        await Start(provider);

        Assert.Equal("stub", scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u"));
    }

    [Fact]
    public async Task A_proxy_that_was_removed_for_nothing_is_said()
    {
        var services = Greeting();
        services.RemoveAll<IGreeter>();
        await using var provider = services.BuildServiceProvider();

        await Start(provider);

        Assert.Contains("and nothing is resolved instead", Single(provider, 47, LogLevel.Warning), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stub_beside_the_proxy_is_refused_with_the_call_that_makes_it_so()
    {
        var services = Greeting();
        services.AddSingleton<IGreeter, Stub>();
        await using var provider = services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Start(provider));

        Assert.Contains($"is registered again after the experiment ({typeof(Stub)})", error.Message, StringComparison.Ordinal);
        Assert.Contains("services.RemoveAll<IGreeter>()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stub_beside_a_keyed_proxy_is_refused_with_the_call_for_keys()
    {
        var services = Logged("k");
        services.AddKeyedSingleton<IGreeter, Stub>("k");
        await using var refused = services.BuildServiceProvider();
        Assert.Contains("services.RemoveAllKeyed<IGreeter>(\"k\")", (await Assert.ThrowsAsync<InvalidOperationException>(() => Start(refused))).Message, StringComparison.Ordinal);

        services = Logged("k");
        services.RemoveAllKeyed<IGreeter>("k").AddKeyedSingleton<IGreeter, Stub>("k");
        await using var provider = services.BuildServiceProvider();
        await Start(provider);

        Assert.Equal("stub", provider.GetRequiredKeyedService<IGreeter>("k").Greet("u"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_decorator_around_the_proxy_is_called_once_and_calls_are_recorded(bool isTrial)
    {
        var services = isTrial ? Greeting() : Logged(null);
        Decorate(services, inner => new Loud(inner));
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        await Start(provider);

        Assert.Equal("bonjour!", provider.GetRequiredService<IGreeter>().Greet("u"));
        Assert.Equal("u", Assert.Single(Exposures(provider)).SubjectId);
        Assert.StartsWith($"Experiment greeting: its proxy of {typeof(IGreeter)} is decorated by a later registration", Single(provider, 68, LogLevel.Information), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decorator_below_the_proxy_stays_below()
    {
        var services = Services();
        services.AddSingleton<IGreeter, Bonjour>();
        Decorate(services, inner => new Loud(inner));
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(new FixedSelector("b")));
        await using var provider = services.BuildServiceProvider(validateScopes: true);

        await Start(provider);

        Assert.Equal("bonjour!", provider.GetRequiredService<IGreeter>().Greet("u"));
        Assert.Single(Exposures(provider));
    }

    [Fact]
    public async Task The_in_memory_backplane_can_be_added_again_once_its_destination_was_removed()
    {
        var services = Greeting();
        services.RemoveAll<IDataBackplane>();
        services.AddInMemoryDataBackplane(capacity: 5);
        services.AddInMemoryDataBackplane(capacity: 5);
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IGreeter>().Greet("u");

        Assert.Single(Exposures(provider));
        Assert.Single(provider.GetServices<IDataBackplane>());
        Assert.Single(provider.GetServices<InMemoryDataBackplane>());
        Assert.Contains("capacity of 5", Assert.Throws<InvalidOperationException>(() => services.AddInMemoryDataBackplane(6)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_in_memory_backplane_can_be_added_again_once_its_class_was_removed()
    {
        var services = Greeting();
        services.RemoveAll<InMemoryDataBackplane>();
        services.RemoveAll<IDataBackplane>();
        services.AddInMemoryDataBackplane();
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IGreeter>().Greet("u");

        Assert.Single(Exposures(provider));
    }

    [Fact]
    public async Task The_in_memory_backplane_is_one_destination_where_only_its_class_was_removed()
    {
        var services = Greeting();
        services.RemoveAll<InMemoryDataBackplane>();
        services.AddInMemoryDataBackplane();
        await using var provider = services.BuildServiceProvider();

        provider.GetRequiredService<IGreeter>().Greet("u");

        Assert.Single(Exposures(provider));
        Assert.Single(provider.GetServices<IDataBackplane>());
    }

    [Fact]
    public async Task What_applications_see_of_the_pipeline_can_be_removed_and_added_again()
    {
        var services = Greeting();
        services.RemoveAll<IEventPublisher>().RemoveAll<ISubjectAssignments>().RemoveAll<TimeProvider>().RemoveAll<IDataBackplane>();
        services.RemoveAll<Microsoft.Extensions.Hosting.IHostedService>();
        services.AddLoggingDataBackplane().AddInMemoryDataBackplane();
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();

        await Start(provider);
        provider.GetRequiredService<IGreeter>().Greet("u");

        Assert.NotNull(provider.GetService<IEventPublisher>());
        Assert.NotNull(scope.ServiceProvider.GetService<ISubjectAssignments>());
        Assert.Equal(2, provider.GetServices<IDataBackplane>().Count());
        Assert.Single(Exposures(provider));
        Assert.Single(services, descriptor => descriptor.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService));
    }

    /// <summary>As libraries do it: what is decorated moves under a key of its own, and the decorator takes its place.</summary>
    private static void Decorate(IServiceCollection services, Func<IGreeter, IGreeter> decorate)
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            var descriptor = services[i];
            if (descriptor.ServiceType != typeof(IGreeter) || descriptor.ServiceKey is not (null or string))
            {
                continue;
            }

            var key = $"{descriptor.ServiceKey}+{i}+Decorated";
            services.Add(descriptor switch
            {
                { IsKeyedService: true } => new ServiceDescriptor(typeof(IGreeter), key, (provider, _) => descriptor.KeyedImplementationFactory!(provider, descriptor.ServiceKey), descriptor.Lifetime),
                { ImplementationFactory: { } factory } => new ServiceDescriptor(typeof(IGreeter), key, (provider, _) => factory(provider), descriptor.Lifetime),
                _ => new ServiceDescriptor(typeof(IGreeter), key, descriptor.ImplementationType!, descriptor.Lifetime),
            });
            services[i] = descriptor.IsKeyedService
                ? ServiceDescriptor.DescribeKeyed(typeof(IGreeter), descriptor.ServiceKey, (provider, _) => decorate(provider.GetRequiredKeyedService<IGreeter>(key)), descriptor.Lifetime)
                : ServiceDescriptor.Describe(typeof(IGreeter), provider => decorate(provider.GetRequiredKeyedService<IGreeter>(key)), descriptor.Lifetime);
        }
    }

    private static IServiceCollection Greeting()
    {
        var services = Services();
        services.AddSingleton<Hello>().AddSingleton<Bonjour>();
        services.AddExperimentFramework(experiments => experiments
            .WithExposureLogging()
            .Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").Using(new FixedSelector("b"))));
        return services;
    }

    private static IServiceCollection Logged(string? key)
    {
        var services = Services();
        services.Add(key is null ? ServiceDescriptor.Singleton<IGreeter, Bonjour>() : ServiceDescriptor.KeyedSingleton<IGreeter, Bonjour>(key));
        services.AddExposureLogging<IGreeter>(exposures => exposures.Using(new FixedSelector("b")), key);
        return services;
    }

    private static IServiceCollection Services()
    {
        IServiceCollection services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging());
        services.AddInMemoryDataBackplane();
        return services;
    }

    private static async Task Start(IServiceProvider provider)
    {
        foreach (var service in provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }
    }

    private static string Single(IServiceProvider provider, int id, LogLevel level)
    {
        var record = Assert.Single(provider.GetRequiredService<FakeLogCollector>().GetSnapshot(), record => record.Id.Id == id);
        Assert.Equal(level, record.Level);
        return record.Message;
    }

    private static List<ExposureEvent> Exposures(IServiceProvider provider) =>
        [.. provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>()];

    private sealed class Stub : Hello
    {
        public override string Greet(string? user) => "stub";
    }

    private sealed class Loud(IGreeter inner) : Hello
    {
        public override string Greet(string? user) => inner.Greet(user) + "!";
    }
}
