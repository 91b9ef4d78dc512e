namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// The environment variables of OTLP exporters (https://opentelemetry.io/docs/specs/otel/protocol/exporter/) and of resources
/// (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). A variable that is empty counts as not set.
/// </summary>
/// <param name="read">Returns the value of a variable; null if it is not set.</param>
internal sealed class OtlpEnvironment(Func<string, string?> read)
{
    public const string ServiceName = "OTEL_SERVICE_NAME";
    public const string ResourceAttributes = "OTEL_RESOURCE_ATTRIBUTES";

    private const string General = "OTEL_EXPORTER_OTLP_";
    private const string Logs = "OTEL_EXPORTER_OTLP_LOGS_";

    /// <summary>The environment of the process.</summary>
    public static OtlpEnvironment OfProcess { get; } = new(Environment.GetEnvironmentVariable);

    /// <summary>Returns a variable.</summary>
    public string? Get(string name) => read(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>Returns a setting of the exporter, preferring the one for logs, and the variable that it comes from.</summary>
    public (string? Value, string Variable) Exporter(string setting) =>
        Get(Logs + setting) is { } own ? (own, Logs + setting) : (Get(General + setting), General + setting);

    /// <summary>Returns the endpoint for logs, which is used as it is, or the general one, to which the path is appended.</summary>
    public (string? Value, string Variable, bool IsBase) Endpoint()
    {
        var (value, variable) = Exporter("ENDPOINT");
        return (value, variable, IsBase: variable.StartsWith(Logs, StringComparison.Ordinal) is false);
    }
}
