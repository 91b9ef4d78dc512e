using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>Checks <see cref="OpenTelemetryDataBackplaneOptions"/> at start-up.</summary>
internal sealed class OpenTelemetryDataBackplaneOptionsValidator : IValidateOptions<OpenTelemetryDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, OpenTelemetryDataBackplaneOptions options) => OptionFailures.Result([.. Errors(options)]);

    /// <summary>Returns the errors in the options.</summary>
    public static IEnumerable<string> Errors(OpenTelemetryDataBackplaneOptions options)
    {
        if (options.FlagSetId is { } set && string.IsNullOrWhiteSpace(set))
        {
            yield return $"{nameof(OpenTelemetryDataBackplaneOptions)}.{nameof(options.FlagSetId)} is '{set}'; it must not be empty, or null for none.";
        }
    }
}
