using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>Checks <see cref="OtlpDataBackplaneOptions"/>, and the environment variables that apply where options are null, at start-up. No message quotes a header's value.</summary>
internal sealed class OtlpDataBackplaneOptionsValidator : IValidateOptions<OtlpDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, OtlpDataBackplaneOptions options) => OptionFailures.Result([.. Errors(OtlpSettings.Of(options, OtlpEnvironment.OfProcess))]);

    /// <summary>Returns the errors in the settings, one message per mistake.</summary>
    public static IEnumerable<string> Errors(OtlpSettings settings)
    {
        if (settings.Errors.Count > 0)
        {
            return settings.Errors;
        }

        try
        {
            ClientCertificates.CreateTlsOptions(settings);
            return [];
        }
        catch (Exception exception) when (exception is System.Security.Cryptography.CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [$"The certificate files of {nameof(OtlpDataBackplaneOptions)} cannot be read: {exception.Message}"];
        }
    }
}
