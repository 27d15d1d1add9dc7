"""Routes of the analysts' desk."""

from django.urls import path, register_converter

from apps.web.converters import ArticleNumber
from apps.web.desk import mending, views

register_converter(ArticleNumber, "article")

urlpatterns = [
    path("d/<slug:slug>/review/", views.review, name="review"),
    path("d/<slug:slug>/review/sources/", views.review_sources, name="review-sources"),
    path("d/<slug:slug>/review/claims/", views.review_claims, name="review-claims"),
    path("d/<slug:slug>/review/returned/<uuid:key>/", mending.review_returned, name="review-returned"),
    path("d/<slug:slug>/review/<article:number>/", views.review_article, name="review-article"),
    path("d/<slug:slug>/review/<article:number>/add/", views.review_add, name="review-add"),
    path("d/<slug:slug>/review/<article:number>/undo/", views.review_undo, name="review-undo"),
    path("d/<slug:slug>/review/<article:number>/release/", views.review_release, name="review-release"),
    path("d/<slug:slug>/review/<article:number>/<uuid:key>/", views.review_statement, name="review-statement"),
]
