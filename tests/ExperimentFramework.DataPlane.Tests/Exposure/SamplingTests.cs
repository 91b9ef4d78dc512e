namespace ExperimentFramework.DataPlane.Tests.Exposure;

/// <summary>Guarantee 5 (docs/concepts/guarantees.md): sampling is by subject.</summary>
public sealed class SamplingTests
{
    private const int Subjects = 100_000;

    [Fact]
    public void The_attribute_records_all_subjects_if_it_does_not_say_otherwise() => Assert.Equal(1, new ExposureLoggedAttribute("pricing").SamplingRate);

    [Fact]
    public void A_quarter_keeps_a_quarter_of_the_subjects()
    {
        var sampling = new SubjectSampling("exp", 0.25);

        var kept = Enumerable.Range(0, Subjects).Count(i => sampling.Includes($"user-{i}"));

        Assert.InRange(kept / (double)Subjects, 0.245, 0.255);
    }

    [Fact]
    public void The_same_subjects_are_kept_on_every_host()
    {
        // Computed once and written down: another process, another day, another host.
        var sampling = new SubjectSampling("exp", 0.25);

        var kept = string.Concat(Enumerable.Range(0, 40).Select(i => sampling.Includes($"user-{i}") ? 'x' : '-'));

        Assert.Equal(KeptOfForty, kept);
    }

    [Fact]
    public void Raising_the_rate_only_adds_subjects()
    {
        var rates = new[] { 0, 0.01, 0.1, 0.25, 0.5, 0.9, 1 };
        for (var i = 0; i < 10_000; i++)
        {
            var included = rates.Select(rate => new SubjectSampling("exp", rate).Includes($"user-{i}")).ToArray();
            Assert.Equal(included.Order(), included);
        }
    }

    [Fact]
    public void Zero_keeps_nobody_and_one_keeps_everybody()
    {
        Assert.DoesNotContain(true, Enumerable.Range(0, 10_000).Select(i => new SubjectSampling("exp", 0).Includes($"user-{i}")));
        Assert.DoesNotContain(false, Enumerable.Range(0, 10_000).Select(i => new SubjectSampling("exp", 1).Includes($"user-{i}")));
    }

    [Fact]
    public void Being_sampled_is_independent_of_the_variant_and_of_other_experiments()
    {
        var sampling = new SubjectSampling("exp", 0.25);
        var otherSampling = new SubjectSampling("other", 0.25);
        var selector = new SubjectHashSelector("exp", null, [("control", 1), ("b", 1)]);

        Assert.True(ChiSquareOfIndependence(i => sampling.Includes(Name(i)), i => VariantOf(selector, i)) < Critical);
        Assert.True(ChiSquareOfIndependence(i => sampling.Includes(Name(i)), i => otherSampling.Includes(Name(i))) < Critical);
    }

    [Fact]
    public async Task A_call_of_a_sampled_out_subject_is_served_and_counted_and_takes_no_memory()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")).WithSamplingRate(0.25));
        var greeter = fixture.Get<IGreeter>();

        for (var i = 0; i < 1_000; i++)
        {
            Assert.Equal("bonjour", greeter.Greet(Name(i)));
        }

        var sampling = new SubjectSampling("greeting", 0.25);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(Name).Where(sampling.Includes), fixture.Exposures.Select(exposure => exposure.SubjectId));
        Assert.All(fixture.Exposures, exposure => Assert.Equal(0.25, exposure.SamplingRate));
        Assert.Equal(1_000 - fixture.Exposures.Count, fixture.Dropped("greeting", "b", DropReasons.SampledOut));
    }

    [Fact]
    public async Task The_rate_of_the_options_is_in_force_where_nothing_else_says_one()
    {
        await using var fixture = DataPlaneFixture.Greeting(trial => trial.Using(new FixedSelector("b")), options => options.SamplingRate = 0.25);

        for (var i = 0; i < 400; i++)
        {
            fixture.Get<IGreeter>().Greet(Name(i));
        }

        var sampling = new SubjectSampling("greeting", 0.25);
        Assert.Equal(Enumerable.Range(0, 400).Select(Name).Where(sampling.Includes), fixture.Exposures.Select(exposure => exposure.SubjectId));
    }

    [Fact]
    public async Task Sampled_out_subjects_push_nobody_out_of_the_repeat_memory()
    {
        var sampling = new SubjectSampling("greeting", 0.25);
        var included = Enumerable.Range(0, 1_000).Select(Name).First(sampling.Includes);
        await using var fixture = DataPlaneFixture.Greeting(
            trial => trial.Using(new FixedSelector("b")).WithSamplingRate(0.25).WithSemantics(ExposureSemantics.OnFirstUse),
            options => options.RepeatCapacity = 1);
        var greeter = fixture.Get<IGreeter>();

        greeter.Greet(included);
        foreach (var sampledOut in Enumerable.Range(0, 1_000).Select(Name).Where(name => !sampling.Includes(name)))
        {
            greeter.Greet(sampledOut);
        }

        greeter.Greet(included);
        Assert.Single(fixture.Exposures);
    }

    // Upper 0.1 % point of chi-square with one degree of freedom (Pearson and Hartley, Biometrika Tables, table 8).
    private const double Critical = 10.828;

    private const string KeptOfForty = "x---x-----xx--x-xx-------x----x---------";

    private static string Name(int i) => $"user-{i}";

    private static bool VariantOf(SubjectHashSelector selector, int i) =>
        selector.Select(new SelectionContext("exp", Name(i), null, null)).VariantKey == "b";

    private static double ChiSquareOfIndependence(Func<int, bool> one, Func<int, bool> other)
    {
        var cells = new double[2, 2];
        for (var i = 0; i < Subjects; i++)
        {
            cells[one(i) ? 1 : 0, other(i) ? 1 : 0]++;
        }

        var sum = 0.0;
        for (var row = 0; row < 2; row++)
        {
            for (var column = 0; column < 2; column++)
            {
                var expected = (cells[row, 0] + cells[row, 1]) * (cells[0, column] + cells[1, column]) / Subjects;
                sum += Math.Pow(cells[row, column] - expected, 2) / expected;
            }
        }

        return sum;
    }
}
