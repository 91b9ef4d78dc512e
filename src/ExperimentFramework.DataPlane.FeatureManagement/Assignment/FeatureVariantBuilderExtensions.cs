using ExperimentFramework.DataPlane.FeatureManagement;

namespace ExperimentFramework.DataPlane;

/// <summary>Selects variants with Microsoft.FeatureManagement.</summary>
public static class FeatureVariantBuilderExtensions
{
    /// <summary>
    /// Selects the variant that a Microsoft.FeatureManagement feature allocates: the names of its variants are the variant keys of the
    /// trial. The subject is the targeted user and its tenant the group. While the feature allocates nothing, control is served and a warning is
    /// logged. Requires <c>AddFeatureManagement()</c>; the experiment cannot start with <c>AddScopedFeatureManagement()</c>.
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
        return trial.Using((services, name) => FeatureVariants.Create(services, name, feature));
    }

    /// <summary>
    /// Selects the variant that a Microsoft.FeatureManagement feature allocates: the names of its variants are the variant keys of the experiment. The
    /// subject is the targeted user and its tenant the group. While the feature allocates nothing, control is served and a warning is logged. Requires
    /// <c>AddFeatureManagement()</c>; the experiment cannot start with <c>AddScopedFeatureManagement()</c>.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="feature">The feature's name.</param>
    /// <returns><paramref name="experiment"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="experiment"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="feature"/> is null or empty.</exception>
    public static ExperimentBuilder UsingFeatureVariant(this ExperimentBuilder experiment, string feature)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentException.ThrowIfNullOrEmpty(feature);
        return experiment.Using((services, name) => FeatureVariants.Create(services, name, feature));
    }

    /// <summary>Reports as served the variant that a Microsoft.FeatureManagement feature allocates.</summary>
    /// <typeparam name="TService">The tagged interface.</typeparam>
    /// <param name="exposures">The exposure logging builder.</param>
    /// <param name="feature">The feature's name.</param>
    /// <returns><paramref name="exposures"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exposures"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="feature"/> is null or empty.</exception>
    public static ExposureLoggingBuilder<TService> UsingFeatureVariant<TService>(this ExposureLoggingBuilder<TService> exposures, string feature)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(exposures);
        ArgumentException.ThrowIfNullOrEmpty(feature);
        return exposures.Using((services, name) => FeatureVariants.Create(services, name, feature));
    }
}
