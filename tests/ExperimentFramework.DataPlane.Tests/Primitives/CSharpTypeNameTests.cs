namespace ExperimentFramework.DataPlane.Tests.Primitives;

/// <summary>Messages name types as C# code does, so that a call can be copied from them.</summary>
public sealed class CSharpTypeNameTests
{
    [Theory]
    [InlineData(typeof(int), "int")]
    [InlineData(typeof(TimeSpan), "TimeSpan")]
    [InlineData(typeof(int?), "int?")]
    [InlineData(typeof(TimeSpan[]), "TimeSpan[]")]
    [InlineData(typeof(IReadOnlyDictionary<string, List<DateOnly?>>), "IReadOnlyDictionary<string, List<DateOnly?>>")]
    [InlineData(typeof(IComparer<>), "IComparer<T>")]
    [InlineData(typeof(Outer<int>.Inner<string>), "Inner<string>")]
    [InlineData(typeof(Outer<int>.Plain), "Plain")]
    public void A_type_is_named_as_in_code(Type type, string name) => Assert.Equal(name, CSharpTypeName.Of(type));

    private static class Outer<T>
    {
        public sealed class Plain;

        public sealed class Inner<TOther>;
    }
}
