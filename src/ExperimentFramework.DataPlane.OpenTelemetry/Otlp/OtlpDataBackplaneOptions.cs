namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>
/// The options of <see cref="OtlpDataBackplane"/>. Validated at start-up. An option that is null has the value of its environment variable by the specification of
/// OTLP exporters (https://opentelemetry.io/docs/specs/otel/protocol/exporter/): the variable for logs, such as <c>OTEL_EXPORTER_OTLP_LOGS_TIMEOUT</c>, or else the
/// general one, such as <c>OTEL_EXPORTER_OTLP_TIMEOUT</c>.
/// </summary>
public sealed class OtlpDataBackplaneOptions
{
    /// <summary>
    /// The URL to which log records are posted, such as <c>http://collector:4318/v1/logs</c>: absolute, <c>http</c> or <c>https</c>, without user name and password. A
    /// URL without a path gets <c>/v1/logs</c>. If null: <c>OTEL_EXPORTER_OTLP_LOGS_ENDPOINT</c>, or <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> followed by
    /// <c>/v1/logs</c>, or else <c>http://localhost:4318/v1/logs</c>. Default: null.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>
    /// Headers of every request, such as <c>Authorization</c>. They are added to those of <c>OTEL_EXPORTER_OTLP_LOGS_HEADERS</c> or
    /// <c>OTEL_EXPORTER_OTLP_HEADERS</c>, and replace those of the same name. Default: empty.
    /// </summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How requests are compressed. If null: <c>OTEL_EXPORTER_OTLP_COMPRESSION</c>, or else <see cref="OtlpCompression.None"/>. Default: null.</summary>
    public OtlpCompression? Compression { get; set; }

    /// <summary>
    /// How long the collector may take to answer a request, from 1 ms to 1 hour; keep it below <see cref="DataPlaneOptions.PublishTimeout"/>. If null:
    /// <c>OTEL_EXPORTER_OTLP_TIMEOUT</c> (in milliseconds), or else 10 seconds. Default: null.
    /// </summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>
    /// The file with the certificates, in PEM format, one of which must have issued the collector's certificate. If null:
    /// <c>OTEL_EXPORTER_OTLP_CERTIFICATE</c>, or else the certificates that the system trusts. Default: null.
    /// </summary>
    public string? CertificateFile { get; set; }

    /// <summary>
    /// The file with the certificate, in PEM, by which the collector recognizes this client. Needs <see cref="ClientKeyFile"/>. If null:
    /// <c>OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE</c>, or else no certificate. Default: null.
    /// </summary>
    public string? ClientCertificateFile { get; set; }

    /// <summary>The file with the private key, in PEM, of <see cref="ClientCertificateFile"/>. If null: <c>OTEL_EXPORTER_OTLP_CLIENT_KEY</c>. Default: null.</summary>
    public string? ClientKeyFile { get; set; }

    /// <summary>
    /// The resource attribute <c>service.name</c>. If null: <c>OTEL_SERVICE_NAME</c>, or the one in <c>OTEL_RESOURCE_ATTRIBUTES</c>, or the
    /// application's name in the host's environment, or else <c>unknown_service</c>. Default: null.
    /// </summary>
    public string? ServiceName { get; set; }

    /// <summary>
    /// Attributes of the resource, such as <c>deployment.environment.name</c>. They are added to those of <c>OTEL_RESOURCE_ATTRIBUTES</c>, and replace those of the
    /// same name. Default: empty.
    /// </summary>
    public IDictionary<string, string> ResourceAttributes { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The attribute <c>feature_flag.set.id</c> of exposures: the set of flags to which the experiments belong; not empty. If null, there is none. Default: null.</summary>
    public string? FlagSetId { get; set; }
}
