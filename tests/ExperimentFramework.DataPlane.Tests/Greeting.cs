namespace ExperimentFramework.DataPlane.Tests;

[ExposureLogged("greeting")]
public interface IGreeter
{
    string Greet([ExposureSubject("user")] string? user);

    string GreetIn([ExposureTenant] string? tenant, [ExposureSubject("user")] string? user);

    string GreetWith([ExposureSubject("user")] string user, [ExposureAttribute("country")] string country, [ExposureAttribute] int age);

    string GreetSomeone();

    [NotExposed]
    string WarmUp([ExposureSubject("user")] string user);
}

public class Hello : IGreeter
{
    public virtual string Greet(string? user) => "hello";

    public string GreetIn(string? tenant, string? user) => "hello";

    public string GreetWith(string user, string country, int age) => "hello";

    public string GreetSomeone() => "hello";

    public string WarmUp(string user) => "hello";
}

public class Bonjour : IGreeter
{
    public string Greet(string? user) => "bonjour";

    public string GreetIn(string? tenant, string? user) => "bonjour";

    public string GreetWith(string user, string country, int age) => "bonjour";

    public string GreetSomeone() => "bonjour";

    public string WarmUp(string user) => "bonjour";
}

/// <summary>A selector whose answer the test sets.</summary>
internal sealed class FixedSelector(string variant) : IVariantSelector
{
    public string Variant { get; set; } = variant;

    public Exception? Failure { get; set; }

    public VariantSelection Select(in SelectionContext context) =>
        Failure is null ? new VariantSelection(Variant, "fixed", "test:rule", "v1") : throw Failure;
}

/// <summary>A provider whose answer the test sets.</summary>
internal sealed class FixedSubject(string? subject) : ISubjectIdentityProvider
{
    public string? Subject { get; set; } = subject;

    public Exception? Failure { get; set; }

    public string SubjectType => "session";

    public bool TryGetSubjectId(out string subjectId)
    {
        if (Failure is not null)
        {
            throw Failure;
        }

        subjectId = Subject ?? "";
        return Subject is not null;
    }
}

/// <summary>A selector whose answers the test computes.</summary>
internal sealed class FuncSelector(Func<string> answer) : IVariantSelector
{
    public VariantSelection Select(in SelectionContext context) => new(answer(), "computed");
}
