using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Registers the options of one destination or store under their own name, validated at start-up: several of a kind can have different options.</summary>
internal static class NamedOptions
{
    /// <summary>Adds options under a name.</summary>
    public static void AddNamedOptions<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TValidator>(
        this IServiceCollection services, string name, Action<TOptions>? configure)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        var options = services.AddOptions<TOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
    }

    /// <summary>
    /// Binds all options of a type from the application's configuration, if it is registered: before all other option configuration, so that options set in code
    /// take precedence.
    /// </summary>
    public static void AddConfigurationOf<TOptions>(this IServiceCollection services, Func<IConfiguration?, IConfigureOptions<TOptions>> create)
        where TOptions : class
    {
        if (!services.Any(static descriptor => descriptor.ServiceType == typeof(Configured<TOptions>)))
        {
            services.AddSingleton(new Configured<TOptions>());
            services.Insert(0, ServiceDescriptor.Singleton(provider => create(provider.GetService<IConfiguration>())));
        }
    }

    /// <summary>
    /// Adds options under a number. The first ones have the default name, so that <c>services.Configure&lt;TOptions&gt;(section)</c> binds them.
    /// </summary>
    /// <returns>The name.</returns>
    public static string AddNumberedOptions<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TValidator>(
        this IServiceCollection services, Action<TOptions>? configure)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        var earlier = services.Count(static descriptor => descriptor.ServiceType == typeof(Numbered<TOptions>));
        var name = earlier == 0 ? Options.DefaultName : (earlier + 1).ToString(CultureInfo.InvariantCulture);
        services.AddSingleton(new Numbered<TOptions>());
        services.AddNamedOptions<TOptions, TValidator>(name, configure);
        return name;
    }

    /// <summary>Marks that a type of options is bound.</summary>
    private sealed class Configured<TOptions>;

    /// <summary>Counts the options of a type.</summary>
    private sealed class Numbered<TOptions>;
}
