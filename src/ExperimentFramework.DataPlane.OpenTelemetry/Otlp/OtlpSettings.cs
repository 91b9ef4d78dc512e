using System.Globalization;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The settings of a destination, from options, environment variables and defaults, in this order of precedence.</summary>
internal sealed class OtlpSettings
{
    private const string LogsPath = "v1/logs";
    private const string Redacted = "a value that is not shown";
    private static readonly string[] SecretWords = ["authorization", "key", "token", "secret", "password", "credential"];
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    private static readonly Uri DefaultEndpoint = new("http://localhost:4318/" + LogsPath);

    private readonly List<string> _errors = [];

    private OtlpSettings(OtlpDataBackplaneOptions options, OtlpEnvironment environment, string? applicationName)
    {
        Endpoint = EndpointOf(options, environment);
        Compression = CompressionOf(options, environment);
        Timeout = TimeoutOf(options, environment);
        var (headers, headersVariable) = environment.Exporter("HEADERS");
        Headers = Merge(headers, headersVariable, StringComparer.OrdinalIgnoreCase, options.Headers);
        var own = Merge(environment.Get(OtlpEnvironment.ResourceAttributes), OtlpEnvironment.ResourceAttributes, StringComparer.Ordinal, options.ResourceAttributes);
        own["service.name"] = options.ServiceName ?? environment.Get(OtlpEnvironment.ServiceName) ?? own.GetValueOrDefault("service.name") ?? applicationName ?? "unknown_service";
        Resource = own;
        CertificateFile = File(options.CertificateFile, nameof(options.CertificateFile), environment, "CERTIFICATE");
        ClientCertificateFile = File(options.ClientCertificateFile, nameof(options.ClientCertificateFile), environment, "CLIENT_CERTIFICATE");
        ClientKeyFile = File(options.ClientKeyFile, nameof(options.ClientKeyFile), environment, "CLIENT_KEY");
        FlagSetId = options.FlagSetId;
        Check();
    }

    public Uri Endpoint { get; }

    public OtlpCompression Compression { get; }

    public TimeSpan Timeout { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public IReadOnlyDictionary<string, string> Resource { get; }

    public string? CertificateFile { get; }

    public string? ClientCertificateFile { get; }

    public string? ClientKeyFile { get; }

    public string? FlagSetId { get; }

    /// <summary>The errors, one sentence for each mistake.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>The header that looks like a secret and would be sent without encryption to another machine; null if there is none.</summary>
    public string? ExposedHeader => Endpoint.Scheme == Uri.UriSchemeHttp && !Endpoint.IsLoopback ? Headers.Keys.FirstOrDefault(IsSecret) : null;

    public static OtlpSettings Of(OtlpDataBackplaneOptions options, OtlpEnvironment environment, string? applicationName = null) => new(options, environment, applicationName);

    private static bool IsSecret(string header) => SecretWords.Any(word => header.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Option(string name) => $"{nameof(OtlpDataBackplaneOptions)}.{name}";

    private Uri EndpointOf(OtlpDataBackplaneOptions options, OtlpEnvironment environment)
    {
        if (options.Endpoint is { } own)
        {
            return Checked(own, Option(nameof(options.Endpoint)), appends: own.IsAbsoluteUri && own.AbsolutePath == "/");
        }

        var (value, variable, isBase) = environment.Endpoint();
        if (value is null)
        {
            return DefaultEndpoint;
        }

        if (environment.Exporter("PROTOCOL") is { Value: "grpc", Variable: var protocol })
        {
            _errors.Add($"Environment variable {protocol} is 'grpc', and this destination speaks http/protobuf only. Set {Option(nameof(options.Endpoint))} to the collector's HTTP endpoint, whose port is 4318 by default.");
        }

        return Uri.TryCreate(value, UriKind.Absolute, out var endpoint)
            ? Checked(endpoint, $"Environment variable {variable}", appends: isBase)
            : Checked(new Uri("/", UriKind.Relative), $"Environment variable {variable}", appends: false);
    }

    private Uri Checked(Uri endpoint, string source, bool appends)
    {
        if (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps) || endpoint.UserInfo.Length > 0)
        {
            // Not quoted, because an invalid URL may contain a password.
            _errors.Add($"{source} must be an absolute URL with http or https and without user name and password, such as {DefaultEndpoint}. Pass secrets in {Option(nameof(OtlpDataBackplaneOptions.Headers))}.");
            return DefaultEndpoint;
        }

        return appends ? new UriBuilder(endpoint) { Path = endpoint.AbsolutePath.TrimEnd('/') + "/" + LogsPath }.Uri : endpoint;
    }

    private OtlpCompression CompressionOf(OtlpDataBackplaneOptions options, OtlpEnvironment environment)
    {
        if (options.Compression is { } own)
        {
            if (!Enum.IsDefined(own))
            {
                _errors.Add($"{Option(nameof(options.Compression))} is {own:D}; it must be one of {string.Join(", ", Enum.GetNames<OtlpCompression>())}.");
            }

            return own;
        }

        var (value, variable) = environment.Exporter("COMPRESSION");
        switch (value)
        {
            case null or "none":
                return OtlpCompression.None;
            case "gzip":
                return OtlpCompression.Gzip;
            default:
                _errors.Add($"Environment variable {variable} is '{value}'; it must be gzip or none.");
                return OtlpCompression.None;
        }
    }

    private TimeSpan TimeoutOf(OtlpDataBackplaneOptions options, OtlpEnvironment environment)
    {
        var source = Option(nameof(options.Timeout));
        var timeout = options.Timeout ?? DefaultTimeout;
        if (options.Timeout is null && environment.Exporter("TIMEOUT") is { Value: { } text, Variable: var variable })
        {
            source = $"Environment variable {variable}";
            if (!double.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var milliseconds) || Math.Abs(milliseconds) > int.MaxValue)
            {
                _errors.Add($"{source} is '{text}'; it must be a number of milliseconds, {OtlpDataBackplaneOptionRanges.Timeout}.");
                return timeout;
            }

            timeout = TimeSpan.FromMilliseconds(milliseconds);
        }

        if (!OtlpDataBackplaneOptionRanges.Timeout.Contains(timeout))
        {
            _errors.Add($"{source} is {timeout}; it must be {OtlpDataBackplaneOptionRanges.Timeout}.");
            return DefaultTimeout;
        }

        return timeout;
    }

    private Dictionary<string, string> Merge(string? text, string variable, StringComparer comparer, IDictionary<string, string> own)
    {
        var merged = new Dictionary<string, string>(comparer);
        if (text is not null)
        {
            if (!KeyValueText.TryRead(text, out var entries))
            {
                _errors.Add($"Environment variable {variable} has {Redacted}; it must be a list such as key1=value1,key2=value2 with percent-encoded values.");
            }

            entries.ForEach(entry => merged[entry.Key] = entry.Value);
        }

        foreach (var (name, value) in own)
        {
            merged[name] = value;
        }

        return merged;
    }

    private string? File(string? own, string option, OtlpEnvironment environment, string setting)
    {
        var (value, source) = own is not null ? (own, Option(option)) : environment.Exporter(setting) is { Value: { } path, Variable: var variable }
            ? (path, $"Environment variable {variable}")
            : (null, "");
        if (value is not null && !System.IO.File.Exists(value))
        {
            _errors.Add($"{source} is '{value}', and there is no such file. It must be the path of a file in PEM format.");
        }

        return value;
    }

    private void Check()
    {
        if (ClientCertificateFile is null != ClientKeyFile is null)
        {
            _errors.Add($"{Option(nameof(OtlpDataBackplaneOptions.ClientCertificateFile))} and {Option(nameof(OtlpDataBackplaneOptions.ClientKeyFile))} belong together; only one of them is set.");
        }

        if (FlagSetId is { } set && string.IsNullOrWhiteSpace(set))
        {
            _errors.Add($"{Option(nameof(OtlpDataBackplaneOptions.FlagSetId))} is '{set}'; it must not be empty, or null for none.");
        }

        using var request = new HttpRequestMessage();
        foreach (var (name, value) in Headers)
        {
            if (!RequestHeaders.TryAdd(request, name, value))
            {
                _errors.Add($"{Option(nameof(OtlpDataBackplaneOptions.Headers))} has an entry '{name}' that is not an HTTP header, is set by the destination, or has line breaks or characters outside ASCII in its value.");
            }
        }

        foreach (var name in Resource.Keys.Where(string.IsNullOrWhiteSpace).Take(1))
        {
            _errors.Add($"{Option(nameof(OtlpDataBackplaneOptions.ResourceAttributes))} has an attribute with the name '{name}'; a name must not be empty.");
        }
    }
}
