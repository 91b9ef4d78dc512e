using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Tests.Experiments;

/// <summary>Services that act for the current subject live as long as what they need, as proxies do.</summary>
public sealed class SubjectServicesTests
{
    [Fact]
    public void Without_anything_that_needs_a_scope_they_are_singletons_even_if_variants_are_not()
    {
        var services = Services(collection => collection.AddScoped<Hello>().AddScoped<Bonjour>(), trial => trial);

        Assert.Equal((ServiceLifetime.Singleton, ServiceLifetime.Singleton), Lifetimes(services));
    }

    [Fact]
    public void A_scoped_provider_makes_them_scoped()
    {
        var services = Services(collection => collection.AddScoped<ISubjectIdentityProvider>(_ => new FixedSubject("s")), trial => trial);

        Assert.Equal((ServiceLifetime.Scoped, ServiceLifetime.Scoped), Lifetimes(services));
    }

    [Fact]
    public void State_per_scope_makes_decisions_scoped_and_the_recorder_stays_a_singleton()
    {
        Assert.Equal((ServiceLifetime.Scoped, ServiceLifetime.Singleton), Lifetimes(Services(_ => { }, trial => trial.WithPolicy(AssignmentPolicy.SessionSticky))));
        Assert.Equal((ServiceLifetime.Scoped, ServiceLifetime.Singleton), Lifetimes(Services(_ => { }, trial => trial.WithSemantics(ExposureSemantics.Explicit))));
        Assert.Equal(
            (ServiceLifetime.Scoped, ServiceLifetime.Singleton),
            Lifetimes(new ServiceCollection().AddExperimentFramework(experiments => experiments.Experiment("banner", banner =>
            {
                banner.AddControl();
                banner.WithPolicy(AssignmentPolicy.SessionSticky);
            }))));
    }

    [Fact]
    public void Later_registrations_of_the_data_plane_adapt_the_lifetime_in_place()
    {
        var services = Services(_ => { }, trial => trial);
        services.AddScoped<ISubjectIdentityProvider>(_ => new FixedSubject("s"));
        services.AddDataBackplane();

        Assert.Equal((ServiceLifetime.Scoped, ServiceLifetime.Scoped), Lifetimes(services));
        Assert.Single(services, descriptor => descriptor.ServiceType == typeof(IExperiments));
    }

    [Fact]
    public void A_registration_of_the_applications_own_stays()
    {
        var services = new ServiceCollection();
        services.AddTransient<IExperiments>(_ => throw new NotSupportedException());
        services.AddExperimentFramework(experiments => experiments.Experiment("banner", banner => banner.AddControl()));

        Assert.Equal(ServiceLifetime.Transient, Assert.Single(services, descriptor => descriptor.ServiceType == typeof(IExperiments)).Lifetime);
    }

    [Fact]
    public async Task A_scoped_provider_registered_too_late_is_an_error_that_names_it()
    {
        var services = Services(collection => collection.AddScoped<Hello>().AddScoped<Bonjour>(), trial => trial);
        services.AddScoped<ISubjectIdentityProvider>(_ => new FixedSubject("s"));
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        await using var scope = provider.CreateAsyncScope();

        Assert.NotNull(scope.ServiceProvider.GetRequiredService<IGreeter>());
        foreach (var service in new[] { typeof(IExperiments), typeof(IExposureRecorder) })
        {
            Assert.Contains(
                $"{service.Name} is a singleton, because ISubjectIdentityProvider was not registered yet, but the provider is not.",
                Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService(service)).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_singleton_decides_for_a_proxy_that_is_scoped_because_of_its_variants()
    {
        await using var provider = Services(collection => collection.AddScoped<Hello>().AddScoped<Bonjour>(), trial => trial.Using(new FixedSelector("b")))
            .BuildServiceProvider(validateScopes: true);

        Assert.Equal("b", provider.GetRequiredService<IExperiments>().Decide("greeting", "u1").VariantKey);
    }

    [Fact]
    public async Task A_subject_that_signs_in_within_a_scope_changes_its_identity_by_name_too()
    {
        var subject = new FixedSubject("visitor");
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash().WithOverride("visitor", "control").WithOverride("member", "b"),
            services: services => services.AddScoped<ISubjectIdentityProvider>(_ => subject));
        await using var scope = fixture.Scope();
        var experiments = scope.ServiceProvider.GetRequiredService<IExperiments>();

        experiments.Decide("greeting");
        subject.Subject = "member";
        scope.ServiceProvider.GetRequiredService<IGreeter>().GreetSomeone();

        Assert.Equal([("control", "b", "identity-changed")], fixture.ChangesOf("member"));
    }

    private static IServiceCollection Services(Action<IServiceCollection> add, Func<TrialBuilder<IGreeter>, TrialBuilder<IGreeter>> trial)
    {
        var services = new ServiceCollection();
        add(services);
        return services.AddExperimentFramework(experiments => experiments.Trial<IGreeter>(configure => trial(configure.AddControl<Hello>().AddVariant<Bonjour>("b"))));
    }

    private static (ServiceLifetime Experiments, ServiceLifetime Recorder) Lifetimes(IServiceCollection services) => (
        services.Single(descriptor => descriptor.ServiceType == typeof(IExperiments)).Lifetime,
        services.Single(descriptor => descriptor.ServiceType == typeof(IExposureRecorder)).Lifetime);
}
