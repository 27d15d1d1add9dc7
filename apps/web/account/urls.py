"""Routes of signing in and out, a forgotten password, and one's account."""

from django.contrib.auth import views as auth
from django.urls import path

from apps.web.account import sign_in, views

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", auth.LogoutView.as_view(), name="sign-out"),
    path(
        "password-reset/",
        auth.PasswordResetView.as_view(
            email_template_name="registration/password_reset_email.txt",
            subject_template_name="registration/password_reset_subject.txt",
        ),
        name="password_reset",
    ),
    path("password-reset/sent/", auth.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password-reset/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path("password-reset/done/", auth.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("account/", views.account, name="account"),
    path("account/password/", views.change_password, name="account-password"),
    path("account/sessions/", views.sign_out_elsewhere, name="account-sessions"),
    path("account/keys/", views.keys, name="keys"),
    path("account/keys/<int:pk>/revoke/", views.revoke_key, name="keys-revoke"),
]
