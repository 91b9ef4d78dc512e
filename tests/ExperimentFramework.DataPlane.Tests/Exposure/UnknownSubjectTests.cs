namespace ExperimentFramework.DataPlane.Tests.Exposure;

public sealed class UnknownSubjectTests
{
    [Fact]
    public async Task Exposures_without_a_subject_are_a_line_for_all_of_them_and_a_count_for_each()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.WithSemantics(ExposureSemantics.OnFirstUse));
        var greeter = fixture.Get<IGreeter>();

        for (var i = 0; i < 3; i++)
        {
            greeter.Greet(null);
        }

        Assert.Equal(50, Assert.Single(fixture.Logs, record => record.Id.Id == 50).Id.Id);
        Assert.Empty(fixture.Exposures);
        Assert.Equal(3, fixture.Get<DropLedger>().CounterFor(new("greeting", "control", DataPlaneEventType.Exposure), DropReasons.NoSubject).Value);
    }

    [Theory]
    [InlineData(ExposureSemantics.OnDecision, 1.0, 1)]
    [InlineData(ExposureSemantics.OnDecision, 0.5, 0)]
    [InlineData(ExposureSemantics.OnFirstUse, 1.0, 0)]
    public async Task It_is_published_only_where_every_decision_of_everybody_is(ExposureSemantics semantics, double rate, int exposures)
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.WithSemantics(semantics).WithSamplingRate(rate));

        fixture.Get<IGreeter>().Greet(null);

        Assert.Equal(exposures, fixture.Exposures.Count);
    }
}
