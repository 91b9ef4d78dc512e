using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Metrics;

/// <summary>A recorder lives as long as the provider that it asks for the current subject.</summary>
public sealed class MetricRecorderLifetimeTests
{
    [Fact]
    public void Without_a_provider_or_with_one_that_is_a_singleton_it_is_a_singleton()
    {
        Assert.Equal(ServiceLifetime.Singleton, LifetimeIn(new ServiceCollection().AddDataBackplane()));
        Assert.Equal(ServiceLifetime.Singleton, LifetimeIn(new ServiceCollection().AddSingleton<ISubjectIdentityProvider>(new FixedSubject("s1")).AddDataBackplane()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task With_a_scoped_provider_it_asks_the_one_of_its_scope(bool isRegisteredFirst)
    {
        var services = new ServiceCollection();
        if (isRegisteredFirst)
        {
            services.AddScoped<ISubjectIdentityProvider, Numbered>().AddInMemoryDataBackplane();
        }
        else
        {
            services.AddDataBackplane().AddScoped<ISubjectIdentityProvider, Numbered>().AddInMemoryDataBackplane();
        }

        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });

        for (var i = 0; i < 2; i++)
        {
            await using var scope = provider.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMetricRecorder>().RecordAsync("purchase", cancellationToken: TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, provider.GetRequiredService<InMemoryDataBackplane>().Events.Select(envelope => ((MetricEvent)envelope.Payload).SubjectId).Distinct().Count());
    }

    [Fact]
    public async Task A_provider_that_comes_too_late_is_named_and_what_to_do_about_it()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddScoped<ISubjectIdentityProvider, Numbered>());

        var exception = Assert.Throws<InvalidOperationException>(fixture.Get<IMetricRecorder>);

        Assert.Contains("Register the provider before AddDataBackplane", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorder_of_the_application_stays()
    {
        var own = new Own();
        var services = new ServiceCollection().AddSingleton<IMetricRecorder>(own).AddScoped<ISubjectIdentityProvider, Numbered>().AddDataBackplane();

        Assert.Same(own, Assert.Single(services, descriptor => descriptor.ServiceType == typeof(IMetricRecorder)).ImplementationInstance);
    }

    private static ServiceLifetime LifetimeIn(IServiceCollection services) =>
        Assert.Single(services, descriptor => descriptor.ServiceType == typeof(IMetricRecorder)).Lifetime;

    private sealed class Numbered : ISubjectIdentityProvider
    {
        private readonly string _id = Guid.NewGuid().ToString();

        public string SubjectType => "user";

        public bool TryGetSubjectId(out string subjectId)
        {
            subjectId = _id;
            return true;
        }
    }

    private sealed class Own : IMetricRecorder
    {
        public ValueTask RecordAsync(string metric, double value = 1, MetricDetails? details = null, CancellationToken cancellationToken = default) => default;
    }
}
