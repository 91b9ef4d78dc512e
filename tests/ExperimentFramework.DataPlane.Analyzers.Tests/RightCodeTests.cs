using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>The right code of a page is right when it is run: its experiment records who was served what.</summary>
public sealed partial class RightCodeTests
{
    private const string Price = "provider.GetRequiredService<IPricing>().Price(user)";
    private const string Show = "await provider.GetRequiredService<PriceTag>().ShowAsync(user)";

    private const string Total = "provider.GetRequiredService<Cart>().Total(user)";
    private const string Paid = Price + "; await provider.GetRequiredService<Checkout>().PaidAsync(user)";

    /// <summary>What is called on the pages that register an experiment.</summary>
    public static TheoryData<string, string> Calls => new()
    {
        { "DP2003", Show },
        { "DP2004", Show },
        { "DP2009", Paid },
        { "DP2010", Price },
        { "DP3001", Price },
        { "DP3004", "provider.GetRequiredService<IPricing>().Price(user, \"anna@example.com\")" },
        { "DP3006", Paid },
        { "DP3007", Total },
        { "DP3008", Price },
        { "DP4002", "await provider.GetRequiredService<IPricing>().PriceAsync(user)" },
        { "DP4003", Price },
        { "DP4004", Price },
        { "DP4005", Price },
        { "DP4006", Price },
        { "DP4007", Price },
        { "DP4010", Total },
        { "DP4011", Price },
        { "DP4012", Price },
        { "DP4013", Price },
        { "DP4009", "provider.GetRequiredService<IRepository<string>>().Load(user)" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task It_records_each_subject_and_serves_every_variant(string id, string call)
    {
        // A store that is away, and files that are deleted: a test writes into nobody's Redis and leaves nothing behind.
        using var folder = new TemporaryFolder();
        var code = RightCode(id).Replace("localhost:6379", "localhost:1", StringComparison.Ordinal)
            .Replace("\"assignments.db\"", $"@\"{folder.File("assignments.db")}\"", StringComparison.Ordinal)
            .Replace("\"outbox.db\"", $"@\"{folder.File("outbox.db")}\"", StringComparison.Ordinal);

        var exposures = (await PageProgram.RunAsync(code, call)).OfType<ExposureEvent>().ToList();

        Assert.Equal(40, exposures.Select(exposure => exposure.SubjectId).Distinct().Count());
        Assert.Equal(
            Variant().Matches(code).Select(match => match.Groups[1].Value).Append("control").Order(),
            exposures.Select(exposure => exposure.VariantKey).Distinct().Order());
        Assert.DoesNotContain("anna@example.com", string.Concat(exposures.SelectMany(exposure => exposure.Attributes?.Values ?? [])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subjects_under_a_pseudonym_can_be_distinguished()
    {
        Environment.SetEnvironmentVariable("PSEUDONYM_KEY", Convert.ToBase64String(new byte[32]));
        var experiment = Regex.Match(RightCode("DP3001"), @"(?s)\[ExposureLogged\].*?(?=public static class Setup)").Value;
        var code = RightCode("DP3005") + experiment + """
            public static class Experiments
            {
                public static void Register(IServiceCollection services) => services.AddExperimentFramework(experiments => experiments
                    .WithExposureLogging()
                    .Trial<IPricing>(trial => trial.AddControl<ListPricing>().AddVariant<SalePricing>("sale")));
            }
            """;

        var exposures = (await PageProgram.RunAsync(code, Price, "Experiments.Register(services);")).OfType<ExposureEvent>().ToList();

        Assert.Equal(40, exposures.Select(exposure => exposure.SubjectId).Distinct().Count());
        Assert.DoesNotContain(exposures, exposure => exposure.SubjectId!.StartsWith("user", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_page_that_registers_an_experiment_is_run()
    {
        var registering = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "DP*.md")
            .Select(page => Path.GetFileNameWithoutExtension(page))
            .Where(id => RegistrationCall().IsMatch(RightCode(id)))
            .Order();

        Assert.Equal(Calls.Select(row => row.Data.Item1).Order(), registering);
    }

    private static string RightCode(string id) =>
        CodeBlock().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", id + ".md"))).LastOrDefault()?.Groups[1].Value ?? "";

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("AddExperimentFramework|AddExposureLogging|Trial<")]
    private static partial Regex RegistrationCall();

    [GeneratedRegex("AddVariant<\\w+>\\(\"(\\w+)\"")]
    private static partial Regex Variant();
}
