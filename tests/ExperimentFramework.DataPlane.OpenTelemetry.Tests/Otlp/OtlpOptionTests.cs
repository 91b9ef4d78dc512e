using ExperimentFramework.DataPlane.OpenTelemetry.Tests.Receiving;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.OpenTelemetry.Tests.Otlp;

/// <summary>Options in code before configuration, configuration before environment variables, and these before the defaults of the specification.</summary>
public sealed class OtlpOptionTests
{
    [Fact]
    public void Without_anything_the_defaults_of_the_specification_apply()
    {
        var settings = Of(new());

        Assert.Empty(settings.Errors);
        Assert.Equal("http://localhost:4318/v1/logs", settings.Endpoint.ToString());
        Assert.Equal(OtlpCompression.None, settings.Compression);
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Timeout);
        Assert.Empty(settings.Headers);
        Assert.Equal("unknown_service", settings.Resource["service.name"]);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", "http://collector:4318/v1/logs")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "https://host/base/", "https://host/base/v1/logs")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://collector:4318/my/logs", "http://collector:4318/my/logs")]
    [InlineData("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://collector:4318", "http://collector:4318/")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", " ", "http://localhost:4318/v1/logs")]
    public void The_general_endpoint_gets_the_path_and_that_for_logs_is_used_as_it_is(string variable, string value, string endpoint) =>
        Assert.Equal(endpoint, Of(new(), (variable, value)).Endpoint.ToString());

    [Theory]
    [InlineData("http://collector:4318", "http://collector:4318/v1/logs")]
    [InlineData("http://collector:4318/", "http://collector:4318/v1/logs")]
    [InlineData("https://collector/otlp/v1/logs?tenant=a", "https://collector/otlp/v1/logs?tenant=a")]
    public void An_endpoint_in_code_gets_the_path_if_it_has_none(string own, string endpoint) =>
        Assert.Equal(endpoint, Of(new() { Endpoint = new Uri(own) }).Endpoint.ToString());

    [Fact]
    public void Variables_for_logs_precede_general_ones_and_options_precede_both()
    {
        (string, string)[] variables =
        [
            ("OTEL_EXPORTER_OTLP_HEADERS", "api-key=general"), ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "api-key=a%20b, x=1"), ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "5000"), ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "7000"), ("OTEL_SERVICE_NAME", "shop"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,zone=a"),
        ];

        var settings = Of(new(), variables);
        var own = Of(
            new() { Compression = OtlpCompression.None, Timeout = TimeSpan.FromSeconds(1), ServiceName = "mine", Headers = { ["X"] = "2" }, ResourceAttributes = { ["zone"] = "b" } }, variables);

        Assert.Equal(("a b", "1"), (settings.Headers["api-key"], settings.Headers["x"]));
        Assert.Equal((OtlpCompression.Gzip, TimeSpan.FromSeconds(7)), (settings.Compression, settings.Timeout));
        Assert.Equal(("shop", "a"), (settings.Resource["service.name"], settings.Resource["zone"]));
        Assert.Equal((OtlpCompression.None, TimeSpan.FromSeconds(1)), (own.Compression, own.Timeout));
        Assert.Equal(("mine", "b"), (own.Resource["service.name"], own.Resource["zone"]));
        Assert.Equal(("a b", "2"), (own.Headers["api-key"], own.Headers["x"]));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "Environment variable OTEL_EXPORTER_OTLP_TIMEOUT is 'soon'; it must be a number of milliseconds, from 1 ms to 1 hour.")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "0", "Environment variable OTEL_EXPORTER_OTLP_TIMEOUT is 00:00:00; it must be from 1 ms to 1 hour.")]
    [InlineData("OTEL_EXPORTER_OTLP_COMPRESSION", "zip", "Environment variable OTEL_EXPORTER_OTLP_COMPRESSION is 'zip'; it must be gzip or none.")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such.pem", "Environment variable OTEL_EXPORTER_OTLP_CERTIFICATE is '/no/such.pem', and there is no such file. It must be the path of a file in PEM format.")]
    public void A_variable_that_is_wrong_is_named(string variable, string value, string error) => Assert.Equal(error, Assert.Single(Of(new(), (variable, value)).Errors));

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:secret")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@collector")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "secret")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "x=sec%0Aret")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Content-Type=secret")]
    public void What_may_hold_a_secret_is_not_quoted(string variable, string value)
    {
        var error = Assert.Single(Of(new(), (variable, value)).Errors);

        Assert.DoesNotContain("ret", error.Replace("secrets", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void An_endpoint_for_gRPC_is_refused_with_the_remedy()
    {
        var error = Assert.Single(Of(new(), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317")).Errors);

        Assert.StartsWith("Environment variable OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc', and this destination speaks http/protobuf only.", error, StringComparison.Ordinal);
        Assert.Empty(Of(new() { Endpoint = new Uri("http://collector:4318") }, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")).Errors);
    }

    [Fact]
    public void Options_that_are_wrong_stop_the_start_with_a_message_for_each()
    {
        using var services = new ServiceCollection()
            .AddOtlpDataBackplane("http://collector:4318", options =>
            {
                options.Timeout = TimeSpan.Zero;
                options.Compression = (OtlpCompression)7;
                options.ClientKeyFile = typeof(OtlpOptionTests).Assembly.Location;
                options.FlagSetId = " ";
                options.Headers["a b"] = "x";
            })
            .BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains("OtlpDataBackplaneOptions.Timeout is 00:00:00; it must be from 1 ms to 1 hour.", error.Message, StringComparison.Ordinal);
        Assert.Contains("OtlpDataBackplaneOptions.Compression is 7; it must be one of None, Gzip.", error.Message, StringComparison.Ordinal);
        Assert.Contains("belong together; only one of them is set.", error.Message, StringComparison.Ordinal);
        Assert.Contains("OtlpDataBackplaneOptions.FlagSetId is ' '; it must not be empty", error.Message, StringComparison.Ordinal);
        Assert.Contains("OtlpDataBackplaneOptions.Headers has an entry 'a b'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_is_bound_before_code_and_an_unknown_key_stops_the_start()
    {
        using var services = Configured(
            options => options.Timeout = TimeSpan.FromSeconds(3),
            ("Endpoint", "https://collector/logs"), ("Compression", "Gzip"), ("Timeout", "00:00:02"), ("Headers:Authorization", "Bearer x"), ("ResourceAttributes:zone", "a"), ("FlagSetId", "shop"));
        var options = services.GetRequiredService<IOptions<OtlpDataBackplaneOptions>>().Value;

        Assert.Equal("https://collector/logs", options.Endpoint!.ToString());
        Assert.Equal((OtlpCompression.Gzip, TimeSpan.FromSeconds(3)), (options.Compression!.Value, options.Timeout!.Value));
        Assert.Equal(("Bearer x", "a", "shop"), (options.Headers["authorization"], options.ResourceAttributes["zone"], options.FlagSetId));

        using var wrong = Configured(null, ("Endpont", "x"));
        Assert.Contains("'DataPlane:Otlp:Endpont' is unknown", Assert.Throws<InvalidOperationException>(() => wrong.GetRequiredService<IStartupValidator>().Validate()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://collector:4318", "Authorization", true)]
    [InlineData("http://collector:4318", "X-Api-Key", true)]
    [InlineData("http://collector:4318", "X-Scope-OrgID", false)]
    [InlineData("https://collector:4318", "Authorization", false)]
    [InlineData("http://localhost:4318", "Authorization", false)]
    public void A_header_that_looks_like_a_secret_and_is_not_encrypted_is_warned_of_without_its_value(string endpoint, string header, bool isWarned)
    {
        var collector = new FakeLogCollector();
        using var backplane = new OtlpDataBackplane(
            new OtlpDataBackplaneOptions { Endpoint = new Uri(endpoint), Headers = { [header] = "hidden" } }, logger: new FakeLogger(collector));

        var warnings = collector.GetSnapshot();

        Assert.Equal(isWarned ? [LogLevel.Warning] : [], warnings.Select(warning => warning.Level));
        Assert.All(warnings, warning => Assert.DoesNotContain("hidden", warning.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("collector:4318")]
    [InlineData("/v1/logs")]
    [InlineData("")]
    public void An_argument_that_is_no_URL_is_refused_with_an_example(string endpoint)
    {
        var error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddOtlpDataBackplane(endpoint));

        Assert.Contains("http://collector:4318/v1/logs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_destinations_have_their_own_options()
    {
        await using var first = await OtlpReceiver.StartAsync();
        await using var second = await OtlpReceiver.StartAsync();
        await using var services = new ServiceCollection()
            .AddOtlpDataBackplane(first.Endpoint.ToString(), options => options.ServiceName = "one")
            .AddOtlpDataBackplane(second.Endpoint.ToString(), options => options.ServiceName = "two")
            .BuildServiceProvider();

        foreach (var backplane in services.GetServices<IDataBackplane>())
        {
            await backplane.PublishAsync(OtlpEvents.Exposures(1)[0], TestContext.Current.CancellationToken);
        }

        Assert.Equal(["one", "two"], new[] { first, second }.Select(receiver => receiver.Accepted.Single().ResourceLogs.Single().Resource.Attributes.Single().Value.StringValue));
    }

    private static OtlpSettings Of(OtlpDataBackplaneOptions options, params (string Name, string Value)[] variables) => OtlpSettings.Of(
        options, new OtlpEnvironment(name => variables.FirstOrDefault(variable => variable.Name == name).Value));

    private static ServiceProvider Configured(Action<OtlpDataBackplaneOptions>? configure, params (string Key, string Value)[] values) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create("DataPlane:Otlp:" + value.Key, (string?)value.Value))).Build())
        .AddOtlpDataBackplane(configure)
        .BuildServiceProvider();
}
