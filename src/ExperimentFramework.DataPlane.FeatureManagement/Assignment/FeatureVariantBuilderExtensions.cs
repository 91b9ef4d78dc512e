using ExperimentFramework.DataPlane.FeatureManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace ExperimentFramework.DataPlane;

/// <summary>Selects variants by Microsoft.FeatureManagement.</summary>
public static class FeatureVariantBuilderExtensions
{
    /// <summary>
    /// Selects the variant that a feature of Microsoft.FeatureManagement allocates: the names of its variants are the keys of the
    /// trial's. The subject is the targeted user, its tenant the group. Control is served while the feature allocates nothing.
    /// </summary>
    /// <typeparam name="TService">The tagged interface.</typeparam>
    /// <param name="trial">The trial.</param>
    /// <param name="feature">The feature's name.</param>
    /// <returns><paramref name="trial"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="trial"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="feature"/> is null or empty.</exception>
    public static TrialBuilder<TService> UsingFeatureVariant<TService>(this TrialBuilder<TService> trial, string feature)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentException.ThrowIfNullOrEmpty(feature);
        return trial.Using(services => Create(services, feature));
    }

    /// <summary>Says that the service serves the variant that a feature of Microsoft.FeatureManagement allocates.</summary>
    /// <typeparam name="TService">The tagged interface.</typeparam>
    /// <param name="exposures">The description of the exposures.</param>
    /// <param name="feature">The feature's name.</param>
    /// <returns><paramref name="exposures"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exposures"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="feature"/> is null or empty.</exception>
    public static ExposureLoggingBuilder<TService> UsingFeatureVariant<TService>(this ExposureLoggingBuilder<TService> exposures, string feature)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(exposures);
        ArgumentException.ThrowIfNullOrEmpty(feature);
        return exposures.Using(services => Create(services, feature));
    }

    private static FeatureVariantSelector Create(IServiceProvider services, string feature) =>
        services.GetService<IVariantFeatureManager>() is { } features && services.GetService<IFeatureDefinitionProvider>() is { } definitions
            ? new FeatureVariantSelector(features, definitions, feature, TrialBuilder<object>.ControlKey)
            : throw new InvalidOperationException(
                $"Feature '{feature}' selects a variant, but Microsoft.FeatureManagement is not registered: call services.AddFeatureManagement().");
}
