using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>What is allowed and seldom meant is one warning at the start.</summary>
public sealed class StartupReviewTests
{
    [Fact]
    public async Task A_right_set_up_warns_of_nothing()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });
        await ExperimentHost.StartAsync(fixture);

        Assert.DoesNotContain(fixture.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_tagged_interface_that_is_registered_and_no_experiment_is_warned_about()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { }, services: services => services
            .AddSingleton<IMailer, Mailer>()
            .AddSingleton(typeof(IBox<>), typeof(Box<>)));
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal(
            $"{typeof(IMailer)} is tagged with [ExposureLogged] and registered, but it belongs to no experiment, so its calls are not recorded. Add Trial<IMailer>(...) to AddExperimentFramework, or call AddExposureLogging<IMailer>(...).",
            Warnings(fixture, 48).First(message => message.Contains("Mailer", StringComparison.Ordinal)));
        Assert.DoesNotContain(Warnings(fixture, 48), message => message.Contains("Greeter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tagged_interface_is_warned_about_without_any_experiment()
    {
        await using var fixture = DataPlaneFixture.Bare(_ => { }, services => services.AddKeyedSingleton<IMailer, Mailer>("k"));
        await ExperimentHost.StartAsync(fixture);

        Assert.Single(Warnings(fixture, 48));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("b", false)]
    public async Task A_configuration_key_that_does_not_exist_is_warned_about(string? value, bool isMissing)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(value is null ? [] : [KeyValuePair.Create<string, string?>("Greeting", value)]).Build();
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.UsingConfigurationKey("Greeting"), services: services => services.AddSingleton<IConfiguration>(configuration));
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal(
            isMissing ? ["Experiment greeting serves control to all subjects: it selects by configuration key 'Greeting', which does not exist. Until it does, subjects are not split."] : [],
            Warnings(fixture, 49));
    }

    [Fact]
    public async Task A_store_that_no_policy_uses_is_warned_about()
    {
        await using var unused = DataPlaneFixture.Greeting(_ => { }, services: services => services.AddInMemoryAssignmentStore());
        await using var used = DataPlaneFixture.Greeting(trial => trial.WithPolicy(AssignmentPolicy.SubjectSticky), services: services => services.AddInMemoryAssignmentStore());
        await ExperimentHost.StartAsync(unused);
        await ExperimentHost.StartAsync(used);

        Assert.StartsWith("An assignment store is registered, but no experiment uses it", Assert.Single(Warnings(unused, 51)), StringComparison.Ordinal);
        Assert.Empty(Warnings(used, 51));
    }

    [Fact]
    public async Task An_outbox_in_front_of_no_queue_is_warned_about()
    {
        await using var unused = DataPlaneFixture.Greeting(_ => { }, services: services => services.AddSingleton<IEventOutbox, Delivery.BrokenOutbox>());
        await using var used = DataPlaneFixture.Greeting(_ => { }, services: services => services.AddSingleton<IEventOutbox, Delivery.BrokenOutbox>().AddLoggingDataBackplane());
        await ExperimentHost.StartAsync(unused);
        await ExperimentHost.StartAsync(used);

        Assert.StartsWith("An outbox is registered, but no destination has a queue", Assert.Single(Warnings(unused, 52)), StringComparison.Ordinal);
        Assert.Empty(Warnings(used, 52));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Outcomes_that_are_switched_off_are_warned_about(bool isOn, bool isWarned)
    {
        await using var fixture = DataPlaneFixture.With(
            experiments => experiments.Trial<IReported>(trial => trial.AddControl<Reported>().AddVariant<BetterReported>("better")),
            options => options.EnableOutcomeEvents = isOn);
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal(
            isWarned ? [$"Experiment reported records no outcomes: {typeof(IReported)} sets RecordOutcomes = true, but the option EnableOutcomeEvents is false. Set it to true to record them."] : [],
            Warnings(fixture, 53));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exposures_without_a_destination_are_warned_about_unless_they_are_switched_off(bool isOn)
    {
        await using var fixture = DataPlaneFixture.Bare(
            options => options.EnableExposureEvents = isOn,
            services => services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b"))));
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal(isOn ? 1 : 0, Warnings(fixture, 40).Count());
    }

    [Fact]
    public async Task A_control_alone_is_warned_about()
    {
        await using var fixture = DataPlaneFixture.With(experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>()));
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal(["Experiment greeting has only one variant, 'control', so there is nothing to compare. Add another with AddVariant."], Warnings(fixture, 54));
        Assert.Empty(Warnings(fixture, 55));
    }

    [Theory]
    [InlineData(0, 1, "b")]
    [InlineData(1, 0, "control")]
    [InlineData(1, 1e-9, null)]
    public async Task All_weight_on_one_variant_is_warned_about(double control, double variant, string? only)
    {
        await using var fixture = DataPlaneFixture.With(experiments => experiments.Trial<IGreeter>(trial => trial.AddControl<Hello>(control).AddVariant<Bonjour>("b", variant)));
        await ExperimentHost.StartAsync(fixture);

        Assert.Equal(
            only is null ? [] : [$"Experiment greeting serves variant '{only}' to all subjects, because only its weight is above 0. Give another variant a weight above 0."],
            Warnings(fixture, 55));
    }

    private static IEnumerable<string> Warnings(DataPlaneFixture fixture, int id)
    {
        var records = fixture.Logs.Where(record => record.Id.Id == id).ToArray();
        Assert.All(records, record => Assert.Equal(LogLevel.Warning, record.Level));
        return records.Select(record => record.Message);
    }

    private sealed class Mailer : IMailer
    {
        public string Send(string user) => user;
    }

    private sealed class Reported : IReported
    {
        public void Report(string user)
        {
        }
    }

    private sealed class BetterReported : IReported
    {
        public void Report(string user)
        {
        }
    }
}

[ExposureLogged("reported", RecordOutcomes = true)]
public interface IReported
{
    void Report([ExposureSubject("user")] string user);
}
