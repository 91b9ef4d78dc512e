namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>Who the subject is once a visitor with a cookie has signed in.</summary>
public enum SignedInVisitors
{
    /// <summary>
    /// The user, on every device the same subject. The visitor's variant may change with the sign-in; each experiment whose variant
    /// does publishes an <see cref="AssignmentEvent"/> with the reason <see cref="AssignmentChangeReasons.IdentityChanged"/>.
    /// </summary>
    BecomeUsers,

    /// <summary>
    /// Still the visitor, for as long as the browser has the cookie: its variant stays, and a user with two browsers may be two
    /// subjects. A user who signs in on a browser without the cookie is a user.
    /// </summary>
    StayVisitors,
}
