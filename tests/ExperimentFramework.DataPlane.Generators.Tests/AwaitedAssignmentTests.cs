namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>Which members of an interface await the assignment before the call.</summary>
public sealed class AwaitedAssignmentTests
{
    [Theory]
    [InlineData("Task RunAsync([ExposureSubject] string user);")]
    [InlineData("IAsyncEnumerable<int> StreamAsync([ExposureSubject] string user);")]
    [InlineData("Task RunAsync([ExposureSubject] string user, [DisallowNull] string? more);")]
    public void A_member_awaits_it_if_its_call_can_be_made_later(string member) => Assert.True(Awaits(member));

    [Theory]
    [InlineData("string Run([ExposureSubject] string user);")]
    [InlineData("Task RunAsync([ExposureSubject] string user, in int number);")]
    [InlineData("Task RunAsync([ExposureSubject] string user, [NotNull] string? more);")]
    public void A_member_does_not_await_it_if_it_is_synchronous_or_promises_something_about_an_argument(string member) => Assert.False(Awaits(member));

    private static bool Awaits(string member) => ProxyCompiler.CompileCleanly($$"""
        using System.Collections.Generic;
        using System.Diagnostics.CodeAnalysis;
        using System.Threading.Tasks;
        using ExperimentFramework.DataPlane;

        [ExposureLogged(AwaitAssignment = true)] public interface IShop { {{member}} }
        """).SyntaxTrees.Last().ToString().Contains("_WhenAssigned", StringComparison.Ordinal);
}
