using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.Tests.Registration;

/// <summary>Events that are published by hand and cannot be joined are published, and warned about once.</summary>
public sealed class EventsByHandTests
{
    [Theory]
    [InlineData("greting", "b", 59, "An outcome was published for experiment 'greting', which is not registered (registered: greeting).")]
    [InlineData("Greeting", "b", 59, "An outcome was published for experiment 'Greeting'")]
    [InlineData("greeting", "blue", 63, "An outcome was published for variant 'blue' of experiment 'greeting', which has no such variant (existing: control, b).")]
    [InlineData("greeting", "B", 63, "An outcome was published for variant 'B'")]
    public async Task An_outcome_of_an_unknown_experiment_or_variant_is_warned_about_once(string experiment, string variant, int id, string message)
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });

        await Publish(fixture, experiment, variant, "user");
        await Publish(fixture, experiment, variant, "user");

        var record = Assert.Single(fixture.Logs, record => record.Level == LogLevel.Warning);
        Assert.Equal(id, record.Id.Id);
        Assert.StartsWith(message, record.Message, StringComparison.Ordinal);
        Assert.Equal(2, fixture.Backplane.Events.Count(envelope => envelope.Payload is OutcomeEvent));
    }

    [Fact]
    public async Task An_exposure_by_hand_is_looked_at_too()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });

        await fixture.Get<IEventPublisher>().PublishAsync(
            new ExposureEvent { ExperimentName = "x", VariantKey = "b", SubjectId = "u", Timestamp = fixture.Time.GetUtcNow(), SelectionReason = "by hand", SamplingRate = 1 },
            TestContext.Current.CancellationToken);

        Assert.StartsWith("An exposure was published for experiment 'x'", Assert.Single(fixture.Logs, record => record.Id.Id == 59).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outcome_without_the_type_of_its_subject_is_warned_about_once()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });
        fixture.Get<IGreeter>().Greet("u");

        await Publish(fixture, "greeting", "b", null);
        await Publish(fixture, "greeting", "b", "");

        Assert.Equal(
            "An outcome was published for experiment 'greeting' without SubjectType, but the experiment's exposures have 'user', so it cannot be joined to its subject. Set SubjectType.",
            Assert.Single(fixture.Logs, record => record.Level == LogLevel.Warning).Message);
    }

    [Fact]
    public async Task An_empty_type_of_a_subject_is_none_and_an_outcome_without_a_subject_needs_none()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });
        fixture.Get<IGreeter>().Greet("u");

        await Publish(fixture, "greeting", "b", null, subjectId: null);
        Assert.DoesNotContain(fixture.Logs, record => record.Level == LogLevel.Warning);
        await Publish(fixture, "greeting", "b", "");

        Assert.Single(fixture.Logs, record => record.Id.Id == 64);
    }

    [Fact]
    public async Task Right_outcomes_and_those_of_a_process_without_experiments_are_not_warned_about()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });
        await using var bare = DataPlaneFixture.Bare(_ => { }, _ => { });

        await Publish(fixture, "greeting", "control", null);
        fixture.Get<IGreeter>().Greet("u");
        await Publish(fixture, "greeting", "b", "user");
        await Publish(bare, "somewhere else", "b", null);

        Assert.DoesNotContain(fixture.Logs.Concat(bare.Logs), record => record.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task The_number_of_warnings_is_bounded()
    {
        await using var fixture = DataPlaneFixture.Greeting(_ => { });

        for (var i = 0; i < 150; i++)
        {
            await Publish(fixture, $"x{i}", "b", "user");
        }

        Assert.Equal(100, fixture.Logs.Count(record => record.Id.Id == 59));
    }

    private static async Task Publish(DataPlaneFixture fixture, string experiment, string variant, string? subjectType, string? subjectId = "u") => await fixture.Get<IEventPublisher>().PublishAsync(
        new OutcomeEvent
        {
            ExperimentName = experiment,
            VariantKey = variant,
            SubjectId = subjectId,
            SubjectType = subjectType,
            Timestamp = fixture.Time.GetUtcNow(),
            OutcomeName = "purchase",
            Result = OutcomeResult.Success,
        },
        TestContext.Current.CancellationToken);
}
