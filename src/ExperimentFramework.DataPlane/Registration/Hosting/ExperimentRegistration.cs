using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane;

/// <summary>Registers the experiment that its proxies, <see cref="IExperiments"/> and start-up share.</summary>
internal static class ExperimentRegistration
{
    /// <summary>Adds the registrations.</summary>
    /// <param name="services">The services.</param>
    /// <param name="descriptor">The experiment.</param>
    /// <param name="setup">The experiment's registration, for start-up messages.</param>
    /// <param name="known">What is known without starting it.</param>
    /// <param name="validate">Validates the registrations again before the experiment starts.</param>
    public static void AddTo(
        IServiceCollection services, ExperimentDescriptor descriptor, ExperimentSetup setup, KnownExperiment known, Action<IServiceProvider> validate)
    {
        services.AddKeyedSingleton(known.Name, (provider, _) =>
        {
            validate(provider);
            return descriptor.Create(provider);
        });
        services.AddSingleton(known);
        services.AddSingleton(provider => new ExperimentHandle(provider.GetRequiredKeyedService<Experiment>(known.Name), setup));
        services.Add(ServiceDescriptor.DescribeKeyed(
            typeof(ExperimentScope), known.Name, (provider, _) => CreateScope(provider, known.Name, keepsAssignments: known.Lifetime == ServiceLifetime.Scoped), known.Lifetime));
    }

    /// <summary>Creates the experiment's scope.</summary>
    public static ExperimentScope CreateScope(IServiceProvider services, string experimentName, bool keepsAssignments)
    {
        var experiment = services.GetRequiredKeyedService<Experiment>(experimentName);
        var identity = new SubjectIdentity(
            services.GetService<ISubjectIdentityProvider>(),
            experiment.Faults.IdentityProvider,
            experiment.Faults.SubjectTooLong,
            services.NonThrowingLogger(DataPlaneLogCategories.Assignment));
        return new ExperimentScope(experiment, identity, keepsAssignments);
    }
}
