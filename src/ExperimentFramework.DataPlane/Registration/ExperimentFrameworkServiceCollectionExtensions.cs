using ExperimentFramework.DataPlane;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers experiments.</summary>
public static class ExperimentFrameworkServiceCollectionExtensions
{
    /// <summary>
    /// Registers the experiments, and a proxy for each trial's interface, replacing the interface's own registration. Register variants and
    /// <see cref="ISubjectIdentityProvider"/> first, so that the proxies get a matching lifetime.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="builder">The experiments.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="builder"/> is null.</exception>
    /// <exception cref="InvalidOperationException">An experiment with the same name is already registered.</exception>
    public static IServiceCollection AddExperimentFramework(this IServiceCollection services, ExperimentFrameworkBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(builder);
        services.AddDataBackplane();
        foreach (var trial in builder.Trials)
        {
            trial.AddMissingVariants(services);
        }

        foreach (var trial in builder.Trials)
        {
            services.RequireNewExperiment(trial.ExperimentName);
            trial.Register(services, builder.LogsExposures);
        }

        SubjectServices.AddTo(services);
        return services;
    }

    /// <summary>Registers a proxy for each trial's interface, replacing the interface's own registration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Configures the experiments.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> or <paramref name="configure"/> is null.</exception>
    /// <exception cref="InvalidOperationException">An experiment cannot start; the message says why.</exception>
    public static IServiceCollection AddExperimentFramework(this IServiceCollection services, Action<ExperimentFrameworkBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var builder = ExperimentFrameworkBuilder.Create();
        configure(builder);
        return services.AddExperimentFramework(builder);
    }
}
