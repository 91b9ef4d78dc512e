using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>Reads the section <c>DataPlane:Dashboard</c> of the application's configuration, lets code override it, and validates the result.</summary>
internal static class ExperimentDashboardSettings
{
    private static readonly string[] Names =
    [
        nameof(ExperimentDashboardOptions.AuthorizationPolicy),
        nameof(ExperimentDashboardOptions.AllowAnonymous),
        nameof(ExperimentDashboardOptions.UpdateInterval),
        nameof(ExperimentDashboardOptions.MaxClients),
    ];

    /// <exception cref="InvalidOperationException">The section has an unknown key.</exception>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public static ExperimentDashboardOptions Read(IConfiguration? configuration, Action<ExperimentDashboardOptions>? configure)
    {
        var options = new ExperimentDashboardOptions();
        var section = ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.DashboardSection);
        if (section is not null)
        {
            ConfigurationKeyValidator.RequireValues(section, Names);
            DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.UpdateInterval)));
            section.Bind(options);
        }

        configure?.Invoke(options);
        var failures = new OptionFailures<ExperimentDashboardOptions>(section);
        failures.Require(nameof(options.UpdateInterval), options.UpdateInterval, ExperimentDashboardOptionRanges.UpdateInterval);
        failures.Require(nameof(options.MaxClients), options.MaxClients, ExperimentDashboardOptionRanges.MaxClients);
        if (options.AuthorizationPolicy is { } policy && string.IsNullOrWhiteSpace(policy))
        {
            failures.Add(nameof(options.AuthorizationPolicy), $"is empty; it must be the name of an authorization policy, or null for the default policy.");
        }

        if (options is { AllowAnonymous: true, AuthorizationPolicy: not null })
        {
            failures.Add(nameof(options.AllowAnonymous), $"is true, so the policy '{options.AuthorizationPolicy}' would have no effect; set only one of the two.");
        }

        return failures.Result is { Failed: true } result ? throw new OptionsValidationException(Options.DefaultName, typeof(ExperimentDashboardOptions), result.Failures) : options;
    }
}
