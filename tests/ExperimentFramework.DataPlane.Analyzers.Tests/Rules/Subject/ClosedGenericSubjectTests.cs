namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>DP3002 for ids whose type is known only where a generic interface is registered.</summary>
public sealed class ClosedGenericSubjectTests
{
    private const string Types = """
        using ExperimentFramework.DataPlane;

        public sealed record Customer(int Id);
        public enum Plan { Free, Paid }
        [ExposureLogged] public interface IRecommender<TUser> { void Pick([ExposureSubject("user")] TUser user); }
        [ExposureLogged] public interface IOwned<TOwner> { void Pick([ExposureSubject("user")] string user, [ExposureTenant] TOwner owner); }
        [ExposureLogged] public interface IPlain<T> { void Pick([ExposureSubject("user")] string user, [ExposureAttribute] T item); }
        public class Outer<T> { [ExposureLogged] public interface IInner { void Pick([ExposureSubject("user")] T user); } }

        """;

    [Theory]
    [InlineData("IRecommender<Customer>", "'user' cannot be the subject of 'Pick', because Customer is neither a string nor formattable")]
    [InlineData("IRecommender<bool>", "'user' cannot be the subject of 'Pick', because bool is neither a string nor formattable")]
    [InlineData("IOwned<int[]>", "'owner' cannot be the tenant of 'Pick', because int[] is neither a string nor formattable")]
    [InlineData("Outer<Customer>.IInner", "'user' cannot be the subject of 'Pick', because Customer is neither a string nor formattable")]
    public async Task A_type_argument_that_cannot_be_an_id_is_reported_where_it_is_registered(string service, string message)
    {
        var analyzed = await AnalyzerVerifier.OfProgramAsync(Source($"[|{service}|]", service));

        analyzed.Expect("DP3002");
        Assert.Equal(message, analyzed.Message);
    }

    [Theory]
    [InlineData("IRecommender<System.Guid>")]
    [InlineData("IRecommender<string>")]
    [InlineData("IRecommender<int?>")]
    [InlineData("IRecommender<Plan>")]
    [InlineData("IOwned<long>")]
    [InlineData("IPlain<Customer>")]
    [InlineData("Outer<int>.IInner")]
    public async Task A_type_argument_that_can_be_an_id_is_right(string service) => (await AnalyzerVerifier.OfProgramAsync(Source(service, service))).Expect();

    [Fact]
    public async Task A_type_that_no_type_argument_changes_is_reported_at_the_interface_alone() => (await AnalyzerVerifier.OfProgramAsync(
        Source("IBroken<int>", "IBroken<int>") + " [ExposureLogged] public interface IBroken<T> { T Pick([ExposureSubject(\"user\")] Customer [|user|]); }")).Expect("DP3002");

    private static string Source(string marked, string service) =>
        Types + $"public class C {{ object M(ExperimentFrameworkBuilder b) => b.Trial<{marked}>(t => t.AddControl<{service}>().AddVariant<{service}>(\"b\")); }}";
}
