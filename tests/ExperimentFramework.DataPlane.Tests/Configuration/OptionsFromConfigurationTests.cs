using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

public sealed class OptionsFromConfigurationTests
{
    private static readonly string[] Subjects = [.. Enumerable.Range(0, 1_000).Select(i => $"user-{i}")];

    public static TheoryData<string, string, string> WrongSettings => new()
    {
        { "DataPlane:SamplingRate", "1.5", "DataPlaneOptions.SamplingRate is 1.5; it must be from 0 to 1." },
        { "DataPlane:SamplingRate", "much", "DataPlane:SamplingRate" },
        { "DataPlane:FailureMode", "Bock", "Configuration value 'DataPlane:FailureMode' is 'Bock'; it must be one of Drop, Block." },
        { "DataPlane:ExposureSemantics", "Once", "'DataPlane:ExposureSemantics' is 'Once'; it must be one of OnDecision, OnFirstUse, Explicit." },
        { "DataPlane:Experiments:greeting:ExposureSemantics", "Once", "'DataPlane:Experiments:greeting:ExposureSemantics' is 'Once'; it must be one of OnDecision" },
        { "DataPlane:PiiRedaction:SubjectId", "", "Configuration value 'DataPlane:PiiRedaction:SubjectId' is ''; it must be one of" },
        { "DataPlane:PiiRedaction:SubjectId", "Pseudonym, Placeholder", "'DataPlane:PiiRedaction:SubjectId' is 'Pseudonym, Placeholder'; it must be one of" },
        { "DataPlane:PiiRedaction:Fields:phone", "", "'DataPlane:PiiRedaction:Fields:phone' is ''; it must be one of" },
        { "DataPlane:PiiRedaction:SubjectId", "Hash", "'DataPlane:PiiRedaction:SubjectId' is 'Hash'; it must be one of" },
        { "DataPlane:PiiRedaction:TenantId", "Hash", "'DataPlane:PiiRedaction:TenantId' is 'Hash'; it must be one of" },
        { "DataPlane:PiiRedaction:PersonalAttributes", "Hash", "'DataPlane:PiiRedaction:PersonalAttributes' is 'Hash'; it must be one of" },
        { "DataPlane:PiiRedaction:Fields:phone", "Hash", "'DataPlane:PiiRedaction:Fields:phone' is 'Hash'; it must be one of" },
        { "DataPlane:SampligRate", "0.5", "Configuration key 'DataPlane:SampligRate' is unknown; expected one of EnableExposureEvents" },
        { "DataPlane:PiiRedaction:SubjctId", "Pseudonym", "Configuration key 'DataPlane:PiiRedaction:SubjctId' is unknown" },
        { "DataPlane:Experiments:greeting:Rate", "1", "Configuration key 'DataPlane:Experiments:greeting:Rate' is unknown" },
        { "DataPlane:Experiments:greeting:SamplingRate", "-1", "DataPlaneOptions.Experiments:greeting:SamplingRate is -1; it must be from 0 to 1." },
        { "DataPlane:Experiments:greeting:RepeatWindow", "0", "DataPlaneOptions.Experiments:greeting:RepeatWindow is 00:00:00; it must be more than 0" },
        { "DataPlane:Experiments:greeting:RepeatCapacity", "0", "DataPlaneOptions.Experiments:greeting:RepeatCapacity is 0; it must be from 1 to 100000000." },
        { "DataPlane:Experiments:greeting:ExposureSemantics", "9", "DataPlaneOptions.Experiments:greeting:ExposureSemantics is 9; it must be one of" },
        { "DataPlane:PiiRedaction:SubjectId", "9", "DataPlaneOptions.PiiRedaction: SubjectId is 9; it must be one of None, Placeholder" },
        { "DataPlane:PiiRedaction:SubjectId", "Pseudonym", "there is no key" },
        { "DataPlane:PiiRedaction:PseudonymKey", "c2hvcnQ=", "DataPlaneOptions.PiiRedaction: PseudonymKey has 5 bytes; it must have at least 32." },
        { "DataPlane:PiiRedaction:PseudonymKey", "not base 64!", "DataPlaneOptions.PiiRedaction: PseudonymKey is not Base64" },
        { "DataPlane:PiiRedaction:PseudonymKeyId", " ", "DataPlaneOptions.PiiRedaction: PseudonymKeyId is empty" },
        { "DataPlane:PiiRedaction:Placeholder", "", "DataPlaneOptions.PiiRedaction: Placeholder is empty" },
        { "DataPlane:PiiRedaction:RedactFields:0", " email", "RedactFields contains the field name ' email', which begins or ends with white space." },
        { "DataPlane:PiiRedaction:RedactFields:0", "VariantKey", "RedactFields contains 'VariantKey', without which an event is meaningless" },
        { "DataPlane:PiiRedaction:Fields:eventId", "Omit", "Fields contains 'eventId', without which an event is meaningless" },
    };

    [Fact]
    public async Task Every_option_is_bound()
    {
        await using var services = Services(Configuration(
            ("DataPlane:EnableExposureEvents", "false"),
            ("DataPlane:EnableAssignmentEvents", "false"),
            ("DataPlane:EnableOutcomeEvents", "false"),
            ("DataPlane:EnableAnalysisSignals", "false"),
            ("DataPlane:EnableErrorEvents", "false"),
            ("DataPlane:EnableMetricEvents", "false"),
            ("DataPlane:EnableAccountingEvents", "false"),
            ("DataPlane:AccountingInterval", "00:05:00"),
            ("DataPlane:ExposureSemantics", "OnFirstUse"),
            ("DataPlane:SamplingRate", "0.25"),
            ("DataPlane:RepeatWindow", "01:00:00"),
            ("DataPlane:RepeatCapacity", "17"),
            ("DataPlane:PiiRedaction:SubjectId", "Pseudonym"),
            ("DataPlane:PiiRedaction:TenantId", "Omit"),
            ("DataPlane:PiiRedaction:PersonalAttributes", "Custom"),
            ("DataPlane:PiiRedaction:Fields:email", "Placeholder"),
            ("DataPlane:PiiRedaction:RedactFields:0", "phone"),
            ("DataPlane:PiiRedaction:Placeholder", "***"),
            ("DataPlane:PiiRedaction:PseudonymKey", Privacy.Redacting.Key),
            ("DataPlane:PiiRedaction:PseudonymKeyId", "k1"),
            ("DataPlane:Experiments:Greeting:SamplingRate", "0.5"),
            ("DataPlane:Experiments:Greeting:ExposureSemantics", "Explicit"),
            ("DataPlane:Experiments:Greeting:RepeatWindow", "02:00:00"),
            ("DataPlane:Experiments:Greeting:RepeatCapacity", "18"),
            ("DataPlane:AnotherPart:Setting", "is its own")));

        var options = services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;

        Assert.False(options.EnableExposureEvents || options.EnableAssignmentEvents || options.EnableOutcomeEvents || options.EnableAnalysisSignals || options.EnableErrorEvents || options.EnableMetricEvents || options.EnableAccountingEvents);
        Assert.Equal(TimeSpan.FromMinutes(5), options.AccountingInterval);
        Assert.Equal((ExposureSemantics.OnFirstUse, 0.25, TimeSpan.FromHours(1), 17), (options.ExposureSemantics, options.SamplingRate, options.RepeatWindow, options.RepeatCapacity));
        var redaction = options.PiiRedaction;
        Assert.Equal((RedactionMode.Pseudonym, RedactionMode.Omit, RedactionMode.Custom), (redaction.SubjectId, redaction.TenantId, redaction.PersonalAttributes));
        Assert.Equal(RedactionMode.Placeholder, redaction.Fields["EMAIL"]);
        Assert.Equal(["phone"], redaction.RedactFields);
        Assert.Equal(("***", Privacy.Redacting.Key, "k1"), (redaction.Placeholder, redaction.PseudonymKey, redaction.PseudonymKeyId));
        var own = options.Experiments["greeting"];
        Assert.Equal((0.5, ExposureSemantics.Explicit, TimeSpan.FromHours(2), 18), (own.SamplingRate, own.ExposureSemantics, own.RepeatWindow, own.RepeatCapacity));
    }

    [Fact]
    public async Task The_configuration_that_the_page_shows_is_bound()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Docs, "reference", "configuration.md"));
        var json = page.Split("```json\n")[1].Split("```")[0];
        await using var services = Services(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build());

        var options = services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;

        Assert.Equal((false, ExposureSemantics.OnFirstUse, 0.5, TimeSpan.FromHours(12)), (options.EnableErrorEvents, options.ExposureSemantics, options.SamplingRate, options.RepeatWindow));
        Assert.Equal((RedactionMode.Pseudonym, RedactionMode.Omit), (options.PiiRedaction.SubjectId, options.PiiRedaction.Fields["phone"]));
        Assert.Equal((1, ExposureSemantics.OnDecision), (options.Experiments["checkout-pricing"].SamplingRate, options.Experiments["checkout-pricing"].ExposureSemantics));
    }

    [Fact]
    public void The_known_keys_are_the_options()
    {
        Assert.Equal(Names(typeof(DataPlaneOptions)), ConfigurationKeyValidator.OfOptions.Order());
        Assert.Equal(Names(typeof(PiiRedactionOptions)), ConfigurationKeyValidator.OfRedaction.Order());
        Assert.Equal(Names(typeof(ExperimentOptions)), ConfigurationKeyValidator.OfExperiment.Order());

        static IEnumerable<string> Names(Type type) => type.GetProperties().Select(property => property.Name).Order();
    }

    [Theory]
    [MemberData(nameof(WrongSettings))]
    public async Task A_wrong_setting_stops_the_host_with_its_name_and_what_it_has_to_be(string key, string value, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new(key, value)]);
        builder.Services.AddDataBackplane();
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        if (key.EndsWith("Key", StringComparison.Ordinal) && value.Length > 0)
        {
            Assert.DoesNotContain(value, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, null, null, 1)]
    [InlineData("0.5", null, null, 0.5)]
    [InlineData("0.5", 0.25, null, 0.25)]
    [InlineData("0.5", 0.25, "0.75", 0.75)]
    [InlineData(null, 0.25, "1", 1)]
    [InlineData("0.5", null, "0", 0)]
    public async Task An_experiments_own_rate_goes_before_the_trials_and_that_before_the_global_one(string? global, double? trial, string? own, double expected)
    {
        await using var fixture = Greeting(
            Configuration(("DataPlane:SamplingRate", global), ("DataPlane:Experiments:GREETING:SamplingRate", own)),
            builder => trial is { } rate ? builder.WithSamplingRate(rate) : builder);

        GreetAll(fixture);

        Assert.InRange(fixture.Exposures.Count, (expected * 1_000) - (expected is 0 or 1 ? 0 : 60), (expected * 1_000) + (expected is 0 or 1 ? 0 : 60));
        Assert.All(fixture.Exposures, exposure => Assert.Equal(expected, exposure.SamplingRate));
    }

    [Fact]
    public async Task The_attribute_goes_before_the_global_rate_and_the_experiments_own_before_the_attribute()
    {
        await using var byAttribute = Sampled(Configuration(("DataPlane:SamplingRate", "1")));
        await using var byOwn = Sampled(Configuration(("DataPlane:SamplingRate", "0.5"), ("DataPlane:Experiments:sampled:SamplingRate", "0.75")));

        Assert.Equal(0.25, Rate(byAttribute));
        Assert.Equal(0.75, Rate(byOwn));

        static DataPlaneFixture Sampled(IConfiguration configuration) => DataPlaneFixture.With(
            builder => builder.Trial<ISampled>(trial => trial.AddControl<Sampled>()),
            services: services => services.AddSingleton(configuration).AddSingleton<Sampled>());

        static double Rate(DataPlaneFixture fixture)
        {
            foreach (var subject in Subjects)
            {
                fixture.Get<ISampled>().Call(subject);
            }

            return Assert.Single(fixture.Exposures.Select(exposure => exposure.SamplingRate).Distinct());
        }
    }

    [Fact]
    public async Task An_experiments_own_semantics_and_memory_go_before_the_global_ones()
    {
        await using var fixture = Greeting(Configuration(
            ("DataPlane:ExposureSemantics", "OnDecision"),
            ("DataPlane:Experiments:greeting:ExposureSemantics", "OnFirstUse"),
            ("DataPlane:Experiments:greeting:RepeatWindow", "00:01:00"),
            ("DataPlane:Experiments:greeting:RepeatCapacity", "1")));

        Greet("a");
        Greet("a");
        Assert.Single(fixture.Exposures);
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        Greet("a");
        Assert.Equal(2, fixture.Exposures.Count);
        Greet("b");
        Greet("a");
        Assert.Equal(4, fixture.Exposures.Count);

        void Greet(string user) => fixture.Get<IGreeter>().Greet(user);
    }

    [Fact]
    public async Task What_code_sets_goes_before_the_configuration()
    {
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingSubjectHash(),
            options => options.SamplingRate = 1,
            services => services.AddSingleton(Configuration(("DataPlane:SamplingRate", "0"))));

        GreetAll(fixture);

        Assert.Equal(1_000, fixture.Exposures.Count);
    }

    [Fact]
    public void Code_goes_before_the_configuration_whichever_is_registered_first()
    {
        foreach (var isFirst in new[] { true, false })
        {
            var services = new ServiceCollection();
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:RepeatCapacity", "5")]).Build());
            if (isFirst)
            {
                services.Configure<DataPlaneOptions>(options => options.RepeatCapacity = 7);
            }

            services.AddDataBackplane();
            if (!isFirst)
            {
                services.Configure<DataPlaneOptions>(options => options.RepeatCapacity = 7);
            }

            using var provider = services.BuildServiceProvider();
            Assert.Equal(7, provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value.RepeatCapacity);
        }
    }

    [Fact]
    public async Task A_reload_is_taken_up_by_switches_and_rates()
    {
        var configuration = Configuration(("DataPlane:SamplingRate", "0"));
        await using var fixture = Greeting(configuration);

        GreetAll(fixture);
        Assert.Empty(fixture.Exposures);
        Set(configuration, ("DataPlane:SamplingRate", "0.5"));
        GreetAll(fixture);
        var half = fixture.Exposures.Count;
        Assert.InRange(half, 440, 560);
        Set(configuration, ("DataPlane:Experiments:greeting:SamplingRate", "1"));
        GreetAll(fixture);
        Assert.Equal(half + 1_000, fixture.Exposures.Count);
        Set(configuration, ("DataPlane:EnableExposureEvents", "false"));
        GreetAll(fixture);
        Assert.Equal(half + 1_000, fixture.Exposures.Count);
        Set(configuration, ("DataPlane:EnableExposureEvents", "true"));
        GreetAll(fixture);
        Assert.Equal(half + 2_000, fixture.Exposures.Count);
    }

    [Theory]
    [InlineData(ExposureSemantics.OnDecision)]
    [InlineData(ExposureSemantics.OnFirstUse)]
    public async Task An_event_that_waits_through_a_reload_says_the_rate_that_it_was_recorded_at(ExposureSemantics semantics)
    {
        var configuration = Configuration(("DataPlane:SamplingRate", "1"));
        var destination = new RecordingBackplane();
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<IDataBackplane>(destination)
            .AddSingleton<Hello>()
            .AddExperimentFramework(experiments => experiments
                .WithExposureLogging()
                .Trial<IGreeter>(trial => trial.AddControl<Hello>().WithSemantics(semantics))));
        fixture.Get<IGreeter>().Greet("before");

        // Virtual time stands still, and so does a batch that is not full.
        Set(configuration, ("DataPlane:SamplingRate", "0.999999"));
        fixture.Get<IGreeter>().Greet("after");
        await fixture.Get<IEventPublisher>().FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(
            [("before", 1), ("after", 0.999999)],
            destination.Events.Select(envelope => envelope.Payload).OfType<ExposureEvent>().Select(exposure => (exposure.SubjectId!, exposure.SamplingRate)));
    }

    [Fact]
    public async Task A_wrong_reload_leaves_the_options_before_in_force_and_says_so()
    {
        var configuration = Configuration(("DataPlane:SamplingRate", "1"));
        await using var fixture = Greeting(configuration);
        fixture.Get<IGreeter>().Greet("u");

        Set(configuration, ("DataPlane:SamplingRate", "7"));
        GreetAll(fixture);

        Assert.Equal(1_001, fixture.Exposures.Count);
        var refused = Assert.Single(fixture.Logs, record => record.Level == LogLevel.Error);
        Assert.Contains("reloaded options of the data plane are invalid", refused.Message, StringComparison.Ordinal);
        Assert.Contains("DataPlaneOptions.SamplingRate is 7", refused.Exception!.Message, StringComparison.Ordinal);
        Set(configuration, ("DataPlane:SamplingRate", "0"));
        GreetAll(fixture);
        Assert.Equal(1_001, fixture.Exposures.Count);
    }

    [Fact]
    public async Task An_entry_of_an_experiment_that_is_not_registered_is_logged_at_the_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("DataPlane:Experiments:greting:SamplingRate", "0.5"), new("DataPlane:Experiments:GREETING:SamplingRate", "0.5")]);
        builder.Logging.AddFakeLogging();
        builder.Services.AddInMemoryDataBackplane();
        builder.Services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")));
        using var host = builder.Build();

        await host.StartAsync();

        var record = Assert.Single(host.Services.GetRequiredService<Microsoft.Extensions.Logging.Testing.FakeLogCollector>().GetSnapshot(), record => record.Level == LogLevel.Warning);
        Assert.Contains("'greting'", record.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DataPlane:PiiRedaction:RedactFields", "phone", "a list")]
    [InlineData("DataPlane:PiiRedaction:RedactFields:0:Name", "phone", "a single value")]
    [InlineData("DataPlane:PiiRedaction:Fields", "phone", "a section")]
    [InlineData("DataPlane:PiiRedaction:Fields:phone:Mode", "Omit", "a single value")]
    [InlineData("DataPlane:PiiRedaction:SubjectId:Mode", "Placeholder", "a single value")]
    [InlineData("DataPlane:PiiRedaction", "Pseudonym", "a section")]
    [InlineData("DataPlane:PiiRedactions:SubjectId", "Omit", "'DataPlane:PiiRedactions', which is not read")]
    [InlineData("DataPlane:PiiRedacton:RedactFields:0", "phone", "'DataPlane:PiiRedacton', which is not read")]
    [InlineData("DataPlane:Retrys:MaxAttempts", "3", "'DataPlane:Retrys', which is not read")]
    [InlineData("DataPlane:Retry", "5", "a section")]
    [InlineData("DataPlane:Retry:MaxDelay:Seconds", "5", "a single value")]
    [InlineData("DataPlane:Experiment:pricing:SamplingRate", "1", "'DataPlane:Experiment', which is not read")]
    [InlineData("DataPlane:Experiments:pricing", "0.5", "a section")]
    [InlineData("DataPlane:Experiments:pricing:SamplingRate:Value", "0.5", "a single value")]
    [InlineData("DataPlane:SamplingRate:Value", "0.5", "a single value")]
    [InlineData("DataPlane:RequiredDestinations", "Kafka", "a list")]
    [InlineData("DataPlane", "on", "a section")]
    public void A_key_of_another_shape_or_with_a_misspelt_section_stops_the_start_instead_of_being_ignored(string key, string value, string expected)
    {
        using var services = Services(Configuration((key, value)));

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IOptions<DataPlaneOptions>>().Value);

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("'DataPlane", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_of_another_part_is_left_to_it()
    {
        using var services = Services(Configuration(
            ("DataPlane:Kafka:Topic", "exposures"), ("DataPlane:Fields:Name:First", "1"), ("DataPlane:Experimental:Flag", "1"), ("DataPlane:SamplingRate", "0.5")));

        Assert.Equal(0.5, services.GetRequiredService<IOptions<DataPlaneOptions>>().Value.SamplingRate);
    }

    [Fact]
    public async Task A_reload_with_wrong_values_does_not_throw_at_whoever_reloads_a_running_host()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("DataPlane:SamplingRate", "0.5")]);
        builder.Logging.AddFakeLogging();
        builder.Services.AddInMemoryDataBackplane();
        using var host = builder.Build();
        await host.StartAsync();

        Set(builder.Configuration, ("DataPlane:SamplingRate", "7"));

        Assert.Equal(0.5, host.Services.GetRequiredService<ReloadableOptions>().Value.SamplingRate);
        Assert.Single(
            host.Services.GetRequiredService<Microsoft.Extensions.Logging.Testing.FakeLogCollector>().GetSnapshot(),
            record => record.Message.Contains("reloaded options of the data plane are invalid", StringComparison.Ordinal));

        Set(builder.Configuration, ("DataPlane:SamplingRate", "0.25"));
        Assert.Equal(0.25, host.Services.GetRequiredService<ReloadableOptions>().Value.SamplingRate);
    }

    private static IConfigurationRoot Configuration(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Where(setting => setting.Value is not null).Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
        .Build();

    private static void Set(IConfigurationRoot configuration, (string Key, string Value) setting)
    {
        configuration[setting.Key] = setting.Value;
        configuration.Reload();
    }

    private static ServiceProvider Services(IConfiguration configuration) =>
        new ServiceCollection().AddSingleton(configuration).AddDataBackplane().BuildServiceProvider();

    private static DataPlaneFixture Greeting(IConfiguration configuration, Func<TrialBuilder<IGreeter>, TrialBuilder<IGreeter>>? trial = null) => DataPlaneFixture.Greeting(
        builder => trial?.Invoke(builder.UsingSubjectHash()),
        services: services => services.AddSingleton(configuration));

    private static void GreetAll(DataPlaneFixture fixture)
    {
        var greeter = fixture.Get<IGreeter>();
        foreach (var subject in Subjects)
        {
            greeter.Greet(subject);
        }
    }
}

[ExposureLogged("sampled", SamplingRate = 0.25)]
public interface ISampled
{
    void Call([ExposureSubject] string user);
}

public sealed class Sampled : ISampled
{
    public void Call(string user)
    {
    }
}
