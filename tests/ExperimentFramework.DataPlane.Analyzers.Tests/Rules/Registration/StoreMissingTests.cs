using System.Globalization;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP4005: sticky policies and the stores of the compilation that registers them.</summary>
public sealed class StoreMissingTests
{
    private const string Frame = """
        using System;
        using System.Threading;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;
        using Microsoft.Extensions.DependencyInjection;

        [ExposureLogged] public interface IPricing { decimal Price([ExposureSubject] string user); }
        public sealed class ListPricing : IPricing { public decimal Price(string user) => 10m; }
        public static class Set
        {
            private static void Later(TrialBuilder<IPricing> trial) => trial.WithPolicy(AssignmentPolicy.BestEffort);
            public const AssignmentPolicy Everywhere = AssignmentPolicy.GloballySticky;
            public static void Up(IServiceCollection services)
            {
                STORE
                services.AddExperimentFramework(experiments => experiments.Trial<IPricing>(trial => TRIAL));
            }
        }
        """;

    private const string Globally = "trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\").WithPolicy([|AssignmentPolicy.GloballySticky|])";
    private const string Subject = "trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\").WithPolicy([|AssignmentPolicy.SubjectSticky|])";

    [Theory]
    [InlineData("", Globally, "AssignmentPolicy.GloballySticky needs an assignment store that all hosts share, but none is registered; call AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...)")]
    [InlineData("services.AddInMemoryAssignmentStore();", Globally, "AssignmentPolicy.GloballySticky needs")]
    [InlineData("services.AddSqliteAssignmentStore(\"a.db\");", Globally, "AssignmentPolicy.GloballySticky needs")]
    [InlineData("services.AddInMemoryAssignmentStore(10);", "trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\").WithPolicy([|Everywhere|])", "AssignmentPolicy.GloballySticky needs")]
    [InlineData("", Subject, "AssignmentPolicy.SubjectSticky needs an assignment store, but none is registered; call AddSqliteAssignmentStore(...), AddRedisAssignmentStore(...) or AddPostgreSqlAssignmentStore(...)")]
    [InlineData("services.AddInMemoryAssignmentStore();", Subject, "AssignmentPolicy.SubjectSticky needs an assignment store that outlives the process, but only the in-memory store is registered")]
    [InlineData("Func<int, IServiceCollection> add = services.AddInMemoryAssignmentStore; add(1);", Subject, "AssignmentPolicy.SubjectSticky needs an assignment store that outlives the process, but only the in-memory store is registered")]
    public async Task A_policy_without_a_suitable_store_is_reported(string store, string trial, string message)
    {
        var analyzed = await AnalyzedAsync(store, trial);

        analyzed.Expect("DP4005");
        Assert.Equal(message.Contains("only the in-memory store", StringComparison.Ordinal) ? DiagnosticSeverity.Info : DiagnosticSeverity.Warning, analyzed.Diagnostics[0].Severity);
        Assert.StartsWith(message, analyzed.Diagnostics[0].GetMessage(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("services.AddRedisAssignmentStore(\"localhost\");", Globally)]
    [InlineData("services.AddPostgreSqlAssignmentStore(\"Host=db\");", Globally)]
    [InlineData("services.AddInMemoryAssignmentStore().AddRedisAssignmentStore(\"localhost\");", Globally)]
    [InlineData("RedisAssignmentStoreServiceCollectionExtensions.AddRedisAssignmentStore(services, \"localhost\");", Globally)]
    [InlineData("services.AddAssignmentStore(_ => null!);", Globally)]
    [InlineData("services.AddSingleton<IAssignmentStore>(_ => null!);", Globally)]
    [InlineData("services.AddSqliteAssignmentStore(\"a.db\");", Subject)]
    [InlineData("services.AddRedisAssignmentStore(\"localhost\");", Subject)]
    [InlineData("services.AddInMemoryAssignmentStore().AddSqliteAssignmentStore(\"a.db\");", Subject)]
    [InlineData("", "trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\").WithPolicy(AssignmentPolicy.SessionSticky)")]
    [InlineData("", "trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\").WithPolicy(AssignmentPolicy.BestEffort)")]
    [InlineData("", "trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\")")]
    [InlineData("", "trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\").WithPolicy(AssignmentPolicy.GloballySticky).WithPolicy(AssignmentPolicy.BestEffort)")]
    [InlineData("", "Later(trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\").WithPolicy(AssignmentPolicy.GloballySticky))")]
    [InlineData("var policy = (AssignmentPolicy)Environment.ProcessorCount;", "trial.AddControl<ListPricing>().AddVariant<ListPricing>(\"sale\").WithPolicy(policy)")]
    public async Task A_policy_that_something_keeps_or_that_is_not_known_is_left_alone(string store, string trial) =>
        Assert.Empty((await AnalyzedAsync(store, trial.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal))).Ids);

    [Theory]
    [InlineData("services.AddSingleton<IAssignmentStore>(_ => null!);", false)]
    [InlineData("services.AddRedisAssignmentStore(\"localhost\");", false)]
    [InlineData("services.AddSqliteAssignmentStore(\"a.db\");", false)]
    [InlineData("services.AddPostgreSqlAssignmentStore(\"Host=db\");", false)]
    [InlineData("services.AddPostgreSqlAssignmentStore(\"Host=db\");", true)]
    [InlineData("services.AddAssignmentStore(_ => null!);", true)]
    public async Task An_assembly_that_may_register_a_store_silences_it(string registration, bool isLibraryOpen)
    {
        var library = "using ExperimentFramework.DataPlane; using Microsoft.Extensions.DependencyInjection; public static class Stores { public static void AddStores(this IServiceCollection services) { " + registration + " } }";

        Assert.Empty((await AnalyzerVerifier.OfProgramAsync(Source("services.AddStores();", Globally.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal)), new AnalyzedProject { LibrarySource = library, IsLibraryOpen = isLibraryOpen })).Ids);
    }

    private static Task<AnalyzerVerifier> AnalyzedAsync(string store, string trial) => AnalyzerVerifier.OfProgramAsync(Source(store, trial));

    private static string Source(string store, string trial) =>
        Frame.Replace("STORE", store, StringComparison.Ordinal).Replace("TRIAL", trial, StringComparison.Ordinal);
}
