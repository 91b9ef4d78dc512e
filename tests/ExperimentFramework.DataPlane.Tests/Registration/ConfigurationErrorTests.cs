using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>A wrong set-up does not start, and the message names what is wrong and the remedy.</summary>
public sealed class ConfigurationErrorTests
{
    public static TheoryData<Action<DataPlaneOptions>, string> WrongOptions => new()
    {
        { options => options.SamplingRate = 1.5, "DataPlaneOptions.SamplingRate is 1.5; it must be from 0 to 1." },
        { options => options.SamplingRate = -0.1, "DataPlaneOptions.SamplingRate is -0.1; it must be from 0 to 1." },
        { options => options.SamplingRate = double.NaN, "DataPlaneOptions.SamplingRate is NaN; it must be from 0 to 1." },
        { options => options.RepeatWindow = TimeSpan.FromSeconds(-1), "DataPlaneOptions.RepeatWindow is -00:00:01; it must be more than 0 and at most 365 days." },
        { options => options.RepeatWindow = TimeSpan.Zero, "DataPlaneOptions.RepeatWindow is 00:00:00; it must be more than 0 and at most 365 days." },
        { options => options.RepeatWindow = TimeSpan.FromDays(366), "DataPlaneOptions.RepeatWindow is 366.00:00:00; it must be more than 0 and at most 365 days." },
        { options => options.RepeatCapacity = 0, "DataPlaneOptions.RepeatCapacity is 0; it must be from 1 to 100000000." },
        { options => options.StoreTimeout = TimeSpan.Zero, "DataPlaneOptions.StoreTimeout is 00:00:00; it must be from 1 ms to 10 s." },
        { options => options.StoreTimeout = TimeSpan.FromSeconds(11), "DataPlaneOptions.StoreTimeout is 00:00:11; it must be from 1 ms to 10 s." },
        { options => options.AssignmentCacheDuration = TimeSpan.Zero, "DataPlaneOptions.AssignmentCacheDuration is 00:00:00; it must be more than 0 and at most 365 days." },
        { options => options.AssignmentCacheCapacity = 0, "DataPlaneOptions.AssignmentCacheCapacity is 0; it must be from 1 to 100000000." },
        { options => options.ExposureSemantics = (ExposureSemantics)7, "DataPlaneOptions.ExposureSemantics is 7; it must be one of OnDecision, OnFirstUse, Explicit." },
        { options => options.RepeatCapacity = 100_000_001, "DataPlaneOptions.RepeatCapacity is 100000001; it must be from 1 to 100000000." },
        { options => options.StoreTimeout = TimeSpan.FromTicks(9_999), "DataPlaneOptions.StoreTimeout is 00:00:00.0009999; it must be from 1 ms to 10 s." },
        { options => options.AssignmentCacheDuration = TimeSpan.FromDays(366), "DataPlaneOptions.AssignmentCacheDuration is 366.00:00:00; it must be more than 0 and at most 365 days." },
        { options => options.AssignmentCacheCapacity = 100_000_001, "DataPlaneOptions.AssignmentCacheCapacity is 100000001; it must be from 1 to 100000000." },
        { options => options.PiiRedaction.Placeholder = "", "DataPlaneOptions.PiiRedaction: Placeholder is empty. Use Omit to leave a field out." },
        { options => options.Experiments["x"] = new ExperimentOptions { SamplingRate = 2 }, "DataPlaneOptions.Experiments:x:SamplingRate is 2; it must be from 0 to 1." },
        { options => options.Experiments["x"] = new ExperimentOptions { ExposureSemantics = (ExposureSemantics)7 }, "DataPlaneOptions.Experiments:x:ExposureSemantics is 7; it must be one of OnDecision, OnFirstUse, Explicit." },
        { options => options.Experiments["x"] = new ExperimentOptions { RepeatWindow = TimeSpan.Zero }, "DataPlaneOptions.Experiments:x:RepeatWindow is 00:00:00; it must be more than 0 and at most 365 days." },
        { options => options.Experiments["x"] = new ExperimentOptions { RepeatCapacity = 0 }, "DataPlaneOptions.Experiments:x:RepeatCapacity is 0; it must be from 1 to 100000000." },
    };

    public static TheoryData<Action<DataPlaneOptions>, string> WrongDeliveryOptions => new()
    {
        { options => options.MaxQueueSize = 10_000_001, "DataPlaneOptions.MaxQueueSize is 10000001; it must be from 1 to 10000000." },
        { options => (options.MaxQueueSize, options.BatchSize) = (0, 1), "DataPlaneOptions.MaxQueueSize is 0; it must be from 1 to 10000000." },
        { options => options.MaxQueueSize = 0, "DataPlaneOptions.MaxQueueSize is 0; it must be from 1 to 10000000." },
        { options => options.BatchSize = 0, "DataPlaneOptions.BatchSize is 0; it must be from 1 to 10000 (MaxQueueSize)." },
        { options => (options.MaxQueueSize, options.BatchSize) = (40, 41), "DataPlaneOptions.BatchSize is 41; it must be from 1 to 40 (MaxQueueSize)." },
        { options => options.FlushInterval = TimeSpan.Zero, "DataPlaneOptions.FlushInterval is 00:00:00; it must be more than 0 and at most 1 hour." },
        { options => options.FlushInterval = TimeSpan.FromHours(2), "DataPlaneOptions.FlushInterval is 02:00:00; it must be more than 0 and at most 1 hour." },
        { options => options.MaxAttributeLength = 15, "DataPlaneOptions.MaxAttributeLength is 15; it must be from 16 to 1000000." },
        { options => options.MaxAttributeLength = 1_000_001, "DataPlaneOptions.MaxAttributeLength is 1000001; it must be from 16 to 1000000." },
        { options => options.FailureMode = (BackplaneFailureMode)7, "DataPlaneOptions.FailureMode is 7; it must be one of Drop, Block." },
        { options => options.FailureMode = BackplaneFailureMode.Block, "DataPlaneOptions.FailureMode is Block and RequiredDestinations is empty; it must list the type names of the destinations that callers wait for." },
        { options => options.BlockTimeout = TimeSpan.Zero, "DataPlaneOptions.BlockTimeout is 00:00:00; it must be more than 0 and at most 1 hour." },
        { options => options.BlockTimeout = TimeSpan.FromHours(2), "DataPlaneOptions.BlockTimeout is 02:00:00; it must be more than 0 and at most 1 hour." },
        { options => options.PublishTimeout = TimeSpan.FromSeconds(-1), "DataPlaneOptions.PublishTimeout is -00:00:01; it must be more than 0 and at most 1 hour." },
        { options => options.PublishTimeout = TimeSpan.FromHours(2), "DataPlaneOptions.PublishTimeout is 02:00:00; it must be more than 0 and at most 1 hour." },
        { options => options.ShutdownTimeout = TimeSpan.FromSeconds(-1), "DataPlaneOptions.ShutdownTimeout is -00:00:01; it must be from 0 to 1 hour." },
        { options => options.ShutdownTimeout = TimeSpan.FromHours(2), "DataPlaneOptions.ShutdownTimeout is 02:00:00; it must be from 0 to 1 hour." },
        { options => options.Retry.MaxAttempts = 0, "DataPlaneOptions.Retry.MaxAttempts is 0; it must be from 1 to 100." },
        { options => options.Retry.MaxAttempts = 101, "DataPlaneOptions.Retry.MaxAttempts is 101; it must be from 1 to 100." },
        { options => options.Retry.MaxDelay = TimeSpan.Zero, "DataPlaneOptions.Retry.MaxDelay is 00:00:00; it must be more than 0 and at most 1 hour." },
        { options => options.Retry.MaxDelay = TimeSpan.FromHours(2), "DataPlaneOptions.Retry.MaxDelay is 02:00:00; it must be more than 0 and at most 1 hour." },
        { options => options.Retry.BaseDelay = TimeSpan.Zero, "DataPlaneOptions.Retry.BaseDelay is 00:00:00; it must be more than 0 and at most 30 s (Retry.MaxDelay)." },
        { options => options.Retry.BaseDelay = TimeSpan.FromSeconds(31), "DataPlaneOptions.Retry.BaseDelay is 00:00:31; it must be more than 0 and at most 30 s (Retry.MaxDelay)." },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    [MemberData(nameof(WrongDeliveryOptions))]
    public async Task A_wrong_option_stops_the_host_and_the_message_names_option_value_and_range(Action<DataPlaneOptions> configure, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddDataBackplane(configure);
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal([message], error.Failures);
    }

    [Fact]
    public async Task Without_a_host_a_wrong_option_stops_the_first_resolution()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingSubjectHash(), options => options.SamplingRate = 2);

        Assert.Throws<OptionsValidationException>(() => fixture.Get<IGreeter>());
    }

    public static TheoryData<Action<TrialBuilder<IGreeter>>, string> WrongTrials => new()
    {
        { trial => trial.AddVariant<Bonjour>("b"), "Control is missing. Call AddControl<T>() once." },
        { trial => trial.AddControl<Hello>().AddControl<Bonjour>(), "There is more than one control" },
        { trial => trial.AddControl<Hello>().AddVariant<Bonjour>("Control"), "The key 'Control' is reserved for control. Call AddControl<Bonjour>()" },
        { trial => trial.AddVariant<Bonjour>("b").AddVariant<Hello>("control"), "Control is missing. Call AddControl<T>() once." },
        { trial => trial.AddControl<IGreeter>(), "Variant 'control' is IGreeter itself, which resolves to the proxy. Use the implementation type." },
        { trial => trial.AddControl<Hello>().AddVariant<Bonjour>(" b"), "The variant key ' b' begins or ends with white space." },
        { trial => trial.AddControl<Hello>(2).AddVariant<Bonjour>("b").UsingConfigurationKey("x"), "The weights differ, but the selector does not use them" },
        { trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b").AddVariant<Hello>("B"), "The variant key 'b' is used 2 times" },
        { trial => trial.AddControl<Hello>(-1), "The weight of variant 'control' is -1; it must be a finite number of zero or more." },
        { trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b", double.NaN), "The weight of variant 'b' is NaN" },
        { trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b", double.PositiveInfinity), "The weight of variant 'b' is Infinity" },
        { trial => trial.AddControl<Hello>(0).AddVariant<Bonjour>("b", 0), "All weights are 0" },
        { trial => trial.AddControl<Hello>().UsingSubjectHash().UsingConfigurationKey("x"), "Two selectors are set" },
        { trial => trial.AddControl<Hello>().OnErrorFallbackToControl(), "OnErrorFallbackToControl() requires [ExposureLogged(FallbackToControl = true)] on IGreeter." },
        { trial => trial.AddControl<Hello>().WithOverride("qa", "b"), "The override of subject 'qa' names variant 'b', which does not exist." },
        { trial => trial.AddControl<Hello>().WithOverride("qa", "control").WithOverride("qa", "control"), "Subject 'qa' has two overrides" },
        { trial => trial.AddControl<Hello>().WithPolicy((AssignmentPolicy)9), "WithPolicy is 9; it must be one of BestEffort, SessionSticky, SubjectSticky, GloballySticky." },
        { trial => trial.AddControl<Hello>().WithSamplingRate(1.5), "WithSamplingRate is 1.5; it must be from 0 to 1." },
        { trial => trial.AddControl<Hello>().WithSemantics((ExposureSemantics)9), "WithSemantics is 9; it must be one of OnDecision, OnFirstUse, Explicit." },
    };

    [Theory]
    [MemberData(nameof(WrongTrials))]
    public void A_wrong_trial_is_refused_with_its_experiment_and_the_remedy(Action<TrialBuilder<IGreeter>> trial, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() => ExperimentFrameworkBuilder.Create().Trial(trial));

        Assert.StartsWith("Experiment 'greeting' of ExperimentFramework.DataPlane.Tests.IGreeter cannot start: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" x", "begins or ends with white space")]
    [InlineData("a\tb", "contains a control character")]
    public void A_wrong_name_is_refused(string name, string message)
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            ExperimentFrameworkBuilder.Create().Trial<IGreeter>(name, trial => trial.AddControl<Hello>()));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_too_long_is_refused()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            ExperimentFrameworkBuilder.Create().Trial<IGreeter>(new string('x', 257), trial => trial.AddControl<Hello>()));

        Assert.Contains("has 257 characters; at most 256 are allowed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_values_of_the_attribute_are_refused_with_its_argument()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            ExperimentFrameworkBuilder.Create().Trial<IWronglyTagged>(trial => trial.AddControl<WronglyTagged>()));

        Assert.Contains("[ExposureLogged(Semantics)] is 5; it must be one of OnDecision, OnFirstUse, Explicit.", error.Message, StringComparison.Ordinal);
        Assert.Contains("[ExposureLogged(SamplingRate)] is NaN; it must be from 0 to 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_experiments_of_one_name_are_refused()
    {
        static void Trial(TrialBuilder<IGreeter> trial) => trial.AddControl<Hello>();
        var services = new ServiceCollection();
        services.AddExperimentFramework(builder => builder.Trial<IGreeter>(Trial));

#pragma warning disable DP2005 // The name is the one under test.
        Assert.Contains("Two experiments are named 'greeting'", Assert.Throws<InvalidOperationException>(() =>
            ExperimentFrameworkBuilder.Create().Trial<IGreeter>(Trial).Trial<IGreeter>(Trial)).Message, StringComparison.Ordinal);
#pragma warning restore DP2005
        Assert.Contains("An experiment named 'greeting' is already registered", Assert.Throws<InvalidOperationException>(() =>
            services.AddExperimentFramework(builder => builder.Trial<IGreeter>(Trial))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_under_a_key_that_is_not_registered_is_refused()
    {
        var services = new ServiceCollection().AddKeyedSingleton<Hello>("blue");
        services.AddExperimentFramework(builder => builder.Trial<IGreeter>(trial => trial.AddControl<Hello>(serviceKey: "bleu")));
        using var wrong = services.BuildServiceProvider();
        using var scope = wrong.CreateScope();

        Assert.Equal(
            $"Experiment 'greeting' cannot start: {typeof(Hello)} is not registered with the key 'bleu'. Register it with that key, or omit serviceKey.",
            Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<IGreeter>().Greet("u")).Message);

        services.AddKeyedSingleton<Hello>(KeyedService.AnyKey);
        using var right = services.BuildServiceProvider();
        using var other = right.CreateScope();
        Assert.Equal("hello", other.ServiceProvider.GetRequiredService<IGreeter>().Greet("u"));
    }

    [Fact]
    public void Two_selectors_of_a_service_that_chooses_itself_are_refused()
    {
        var services = new ServiceCollection().AddSingleton<IGreeter, Hello>();

        var error = Assert.Throws<InvalidOperationException>(() => services.AddExposureLogging<IGreeter>(
            exposures => exposures.Using(new FixedSelector("a")).Using(_ => new FixedSelector("b"))));

        Assert.Contains("Two selectors are set. Keep one Using(...) call.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_between_several_variants_is_an_error_at_start_up()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Hello>().AddSingleton<Bonjour>();
        builder.Services.AddExperimentFramework(experiments => experiments.Trial<IGreeter>(trial => trial
            .AddControl<Hello>().AddVariant<Bonjour>("b").AddVariant<Hello>("c").UsingFeatureFlag("Greeting")));
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("feature flag 'Greeting'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_with_filters_is_an_error_that_says_so()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["FeatureManagement:Greeting:EnabledFor:0:Name"] = "AlwaysOn" }).Build();
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.UsingFeatureFlag("Greeting"), services: services => services.AddSingleton<IConfiguration>(configuration));

        Assert.Contains("'FeatureManagement:Greeting' is a section", Assert.Throws<InvalidOperationException>(() => fixture.Get<IGreeter>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selector_that_is_not_registered_is_an_error_that_names_it()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using<FixedSelector>());

        Assert.Contains("FixedSelector, which is not registered", Assert.Throws<InvalidOperationException>(() => fixture.Get<IGreeter>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registration_after_the_experiment_is_an_error_because_the_proxy_would_never_be_served()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Hello>();
        builder.Services.AddExperimentFramework(experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>()));
        builder.Services.AddSingleton<IGreeter, Hello>();
        using var host = builder.Build();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());

        Assert.Contains("IGreeter is registered again after the experiment", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_in_memory_backplane_cannot_have_two_capacities()
    {
        var services = new ServiceCollection().AddInMemoryDataBackplane(10);

        Assert.Contains("capacity of 10", Assert.Throws<InvalidOperationException>(() => services.AddInMemoryDataBackplane(20)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Configuration_that_is_not_registered_is_an_error_that_says_so()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingConfigurationKey("Greeting"));

        Assert.Contains("no IConfiguration is registered", Assert.Throws<InvalidOperationException>(() => fixture.Get<IGreeter>()).Message, StringComparison.Ordinal);
    }
}

[ExposureLogged(Semantics = (ExposureSemantics)5, SamplingRate = double.NaN)]
public interface IWronglyTagged
{
    void Use();
}

public sealed class WronglyTagged : IWronglyTagged
{
    public void Use()
    {
    }
}
